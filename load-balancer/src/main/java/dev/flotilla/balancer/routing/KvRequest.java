package dev.flotilla.balancer.routing;

/** One operation. Arrays are handed over: nobody changes them afterwards. */
public sealed interface KvRequest {

  /** Whether it may change something. */
  boolean command();

  /** The label of metrics: put, delete, get, scan. */
  Op op();

  /** The kinds, in the order of their metrics. */
  enum Op {
    PUT("put"),
    DELETE("delete"),
    GET("get"),
    SCAN("scan"),
    TOUCH("touch");

    private final String text;

    Op(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }

  /**
   * @param ttlMillis 0 = lives until deleted
   */
  record Put(byte[] key, byte[] value, Precondition precondition, long ttlMillis)
      implements KvRequest {
    @Override
    public boolean command() {
      return true;
    }

    @Override
    public Op op() {
      return Op.PUT;
    }
  }

  record Delete(byte[] key, Precondition precondition) implements KvRequest {
    @Override
    public boolean command() {
      return true;
    }

    @Override
    public Op op() {
      return Op.DELETE;
    }
  }

  /**
   * @param omitValue leaves the value out of the answer
   */
  record Get(byte[] key, boolean omitValue, Consistency consistency) implements KvRequest {
    @Override
    public boolean command() {
      return false;
    }

    @Override
    public Op op() {
      return Op.GET;
    }
  }

  /**
   * Commits an entry that changes no key: proof that the group takes writes. It moves the group's
   * clock, as any entry does.
   */
  record Touch(int group) implements KvRequest {
    @Override
    public boolean command() {
      return true;
    }

    @Override
    public Op op() {
      return Op.TOUCH;
    }
  }

  /** Some keys of one group, in the order (slot, key). */
  record Scan(byte[] prefix, int limit, ScanPosition from) implements KvRequest {
    @Override
    public boolean command() {
      return false;
    }

    @Override
    public Op op() {
      return Op.SCAN;
    }
  }
}
