package dev.flotilla.bench.compare.etcd;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.Operation;
import dev.flotilla.bench.door.Outcome;
import dev.flotilla.bench.http.ByteWriter;
import dev.flotilla.bench.http.HttpAnswer;
import dev.flotilla.bench.http.HttpDialect;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * etcd's JSON gateway: {@code POST /v3/kv/put} and {@code /v3/kv/range}, keys and values in Base64.
 */
final class EtcdJsonDialect implements HttpDialect {

  private static final byte[] KEY = ascii("{\"key\":\"");
  private static final byte[] VALUE = ascii("\",\"value\":\"");
  private static final byte[] END = ascii("\"}");
  private static final byte[] END_OF_HEAD = ascii("\r\n\r\n");
  // In an answer; a value in Base64 cannot hold a quotation mark, so these bytes are unmistakable.
  private static final byte[] HEADER_MEMBER = ascii("{\"header\":{");
  private static final byte[] VALUE_MEMBER = ascii("\"value\":\"");

  private final byte[] putHead;
  private final byte[] rangeHead;

  /**
   * @param authority host and port for the Host header
   */
  EtcdJsonDialect(String authority) {
    putHead = head("put", authority);
    rangeHead = head("range", authority);
  }

  @Override
  public void encode(Operation operation, ByteWriter out) {
    byte[] key = Base64.getEncoder().encode(operation.key());
    switch (operation) {
      case Operation.Set set -> {
        byte[] value = Base64.getEncoder().encode(set.value());
        out.append(putHead)
            .appendNumber(KEY.length + key.length + VALUE.length + value.length + END.length)
            .append(END_OF_HEAD);
        out.append(KEY).append(key).append(VALUE).append(value).append(END);
      }
      case Operation.Get _ -> {
        out.append(rangeHead).appendNumber(KEY.length + key.length + END.length);
        out.append(END_OF_HEAD).append(KEY).append(key).append(END);
      }
      case Operation.SetIf _, Operation.Delete _, Operation.Scan _ ->
          throw new IllegalArgumentException("a comparison only sets and gets");
    }
  }

  @Override
  public @Nullable Failure judge(Operation operation, HttpAnswer answer, byte[] buffer) {
    if (answer.status() != 200) {
      return new Failure("HTTP_" + answer.status(), Outcome.UNKNOWN, answer.body(buffer));
    }
    int start = answer.bodyStart();
    int end = start + answer.bodyLength();
    if (find(buffer, start, end, HEADER_MEMBER) != start) {
      return new Failure("MISMATCH", Outcome.WRONG, answer.body(buffer));
    }
    return operation instanceof Operation.Get get ? judgeValue(get, buffer, start, end) : null;
  }

  private static @Nullable Failure judgeValue(
      Operation.Get get, byte[] buffer, int start, int end) {
    int member = find(buffer, start, end, VALUE_MEMBER);
    int from = member + VALUE_MEMBER.length;
    int to = from;
    while (to < end && buffer[to] != '"') {
      to++;
    }
    if (member < 0 || to == end) {
      return new Failure("MISMATCH", Outcome.WRONG, "no value");
    }
    try {
      return get.judge(Base64.getDecoder().decode(Arrays.copyOfRange(buffer, from, to)));
    } catch (IllegalArgumentException e) {
      return new Failure("MISMATCH", Outcome.WRONG, "not Base64: " + e.getMessage());
    }
  }

  /** Where the bytes first stand; -1 when nowhere. */
  private static int find(byte[] buffer, int start, int end, byte[] wanted) {
    for (int i = start; i + wanted.length <= end; i++) {
      if (Arrays.mismatch(buffer, i, i + wanted.length, wanted, 0, wanted.length) < 0) {
        return i;
      }
    }
    return -1;
  }

  private static byte[] head(String verb, String authority) {
    return ascii(
        "POST /v3/kv/"
            + verb
            + " HTTP/1.1\r\nHost: "
            + authority
            + "\r\nContent-Type: application/json\r\nContent-Length: ");
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }
}
