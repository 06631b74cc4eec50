package dev.flotilla.kv.engine;

import org.jspecify.annotations.Nullable;

/**
 * Another engine, with the records used last kept in memory: a command reads what it is about to
 * replace, and most of what is written or read was written or read before. Holds what the engine
 * holds, never more: a write is remembered only when the engine took it.
 */
public final class CachedEngine implements KvEngine {
  private final KvEngine engine;
  private final RecordCache cache;
  private final KvBatch.Sink remember = new Remember();

  /**
   * @param engine closed with this one
   * @param cacheBytes memory for records and what finds them, about; at least 8 KiB
   */
  public CachedEngine(KvEngine engine, int cacheBytes) {
    this.engine = engine;
    this.cache = new RecordCache(cacheBytes / 5 * 4);
  }

  @Override
  @SuppressWarnings("ReferenceEquality")
  public byte @Nullable [] get(byte[] key) {
    byte[] known = cache.get(key);
    if (known != null) {
      return known == RecordCache.ABSENT ? null : known;
    }
    byte[] stored = engine.get(key);
    cache.put(key, stored == null ? RecordCache.ABSENT : stored);
    return stored;
  }

  @Override
  public void scan(byte[] from, Visitor visitor) {
    engine.scan(from, visitor);
  }

  @Override
  public void write(KvBatch batch) {
    engine.write(batch);
    batch.playInto(remember);
  }

  @Override
  public void flush() {
    engine.flush();
  }

  @Override
  public void checkpoint(String directory) {
    engine.checkpoint(directory);
  }

  @Override
  public void install(String directory) {
    try {
      engine.install(directory);
    } finally {
      cache.clear();
    }
  }

  @Override
  public void close() {
    engine.close();
  }

  private final class Remember implements KvBatch.Sink {
    @Override
    public void put(byte[] key, byte[] value) {
      cache.put(key, value);
    }

    @Override
    public void delete(byte[] key) {
      cache.put(key, RecordCache.ABSENT);
    }

    @Override
    public void deleteRange(byte[] from, byte[] to) {
      cache.clear();
    }
  }
}
