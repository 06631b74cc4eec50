package dev.flotilla.bench.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.Operation;
import dev.flotilla.bench.door.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * The REST door: {@code PUT}, {@code GET} and {@code DELETE /v1/kv/{key}} with values as bodies,
 * {@code If-Match} for conditional writes, and lists for scans. Refusals are problem documents (RFC
 * 9457).
 */
public final class RestDialect implements HttpDialect {

  private static final byte[] PUT = ascii("PUT /v1/kv/");
  private static final byte[] GET = ascii("GET /v1/kv/");
  private static final byte[] DELETE = ascii("DELETE /v1/kv/");
  private static final byte[] LIST = ascii("GET /v1/kv?prefix=");
  private static final byte[] LIMIT = ascii("&limit=");
  private static final byte[] CURSOR = ascii("&cursor=");
  private static final byte[] LENGTH = ascii("\r\nContent-Length: ");
  private static final byte[] IF_MATCH = ascii("\r\nIf-Match: \"");
  private static final byte[] QUOTE = ascii("\"");
  private static final byte[] END_OF_HEAD = ascii("\r\n\r\n");

  private final byte[] version;

  /**
   * @param authority host and port for the Host header
   */
  public RestDialect(String authority) {
    version = ascii(" HTTP/1.1\r\nHost: " + authority);
  }

  @Override
  public void encode(Operation operation, ByteWriter out) {
    switch (operation) {
      case Operation.Set set -> {
        out.append(PUT).appendFormEscaped(set.key()).append(version);
        body(set.value(), out);
      }
      case Operation.SetIf set -> {
        out.append(PUT).appendFormEscaped(set.key()).append(version);
        out.append(IF_MATCH).appendAscii(Long.toUnsignedString(set.revision())).append(QUOTE);
        body(set.value(), out);
      }
      case Operation.Get get -> {
        out.append(GET).appendFormEscaped(get.key()).append(version).append(END_OF_HEAD);
      }
      case Operation.Delete delete -> {
        out.append(DELETE).appendFormEscaped(delete.key()).append(version).append(END_OF_HEAD);
      }
      case Operation.Scan scan -> {
        out.append(LIST).appendFormEscaped(scan.key()).append(LIMIT).appendNumber(scan.limit());
        if (!scan.cursor().isEmpty()) {
          out.append(CURSOR).appendFormEscaped(ascii(scan.cursor()));
        }
        out.append(version).append(END_OF_HEAD);
      }
    }
  }

  private static void body(byte[] value, ByteWriter out) {
    out.append(LENGTH).appendNumber(value.length).append(END_OF_HEAD).append(value);
  }

  @Override
  public @Nullable Failure judge(Operation operation, HttpAnswer answer, byte[] buffer) {
    return switch (operation) {
      case Operation.Set _ -> written(0, answer, buffer);
      case Operation.SetIf set ->
          answer.status() == 412
              ? Failure.conflict(answer.body(buffer))
              : written(set.revision(), answer, buffer);
      case Operation.Get get -> read(get, answer, buffer);
      case Operation.Delete _ ->
          answer.status() == 204 || answer.status() == 404 ? null : refusal(answer, buffer);
      case Operation.Scan scan ->
          answer.status() == 200 ? listed(scan, answer, buffer) : refusal(answer, buffer);
    };
  }

  /**
   * @param before the revision that the write replaced; 0 when that is not known
   */
  private static @Nullable Failure written(long before, HttpAnswer answer, byte[] buffer) {
    if (answer.status() != 200 && answer.status() != 201) {
      return refusal(answer, buffer);
    }
    boolean right = answer.bodyLength() == 0 && answer.revision() > before;
    return right ? null : mismatch("revision " + answer.revision() + " " + answer.body(buffer));
  }

  private static @Nullable Failure read(Operation.Get get, HttpAnswer answer, byte[] buffer) {
    if (answer.status() == 404) {
      return mismatch("the key is absent");
    }
    if (answer.status() != 200) {
      return refusal(answer, buffer);
    }
    byte[] prefix = get.expectedPrefix();
    boolean right =
        answer.bodyLength() >= prefix.length
            && (get.expectedLength() < 0 || answer.bodyLength() == get.expectedLength())
            && ListBody.startsWith(buffer, answer.bodyStart(), answer.end(), prefix);
    return right ? null : mismatch(answer.body(buffer));
  }

  private static @Nullable Failure listed(Operation.Scan scan, HttpAnswer answer, byte[] buffer) {
    ListBody list =
        ListBody.parse(
            buffer, answer.bodyStart(), answer.bodyStart() + answer.bodyLength(), scan.key());
    if (list == null || list.keys() > scan.limit()) {
      return mismatch(answer.body(buffer));
    }
    scan.onEnd().accept(list.cursor());
    return null;
  }

  private static Failure mismatch(String sample) {
    return new Failure("MISMATCH", Outcome.WRONG, sample);
  }

  private static Failure refusal(HttpAnswer answer, byte[] buffer) {
    String body = answer.body(buffer);
    String code = FormReply.member(body, "code");
    // Only an answer that says so is known to have had no effect.
    Outcome outcome =
        FormReply.member(body, "outcome").equals("not_applied")
            ? Outcome.NOT_APPLIED
            : Outcome.UNKNOWN;
    String named = code.isEmpty() ? "HTTP_" + answer.status() : code;
    return new Failure(named, outcome, answer.status() + " " + body);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }
}
