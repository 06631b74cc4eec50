package dev.flotilla.bench.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.Operation;
import dev.flotilla.bench.door.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * The form door: {@code POST /request} with the fields {@code key} and {@code request}, answered by
 * a small JSON body that is compared byte for byte.
 *
 * <p>Values sent here must consist of bytes that JSON does not escape, or a read of them will be
 * called wrong.
 */
public final class FormDialect implements HttpDialect {

  private static final byte[] KEY_FIELD = ascii("key=");
  private static final byte[] REQUEST_FIELD = ascii("&request=");
  private static final byte[] SET = ascii("SET%7C");
  private static final byte[] GET = ascii("GET%7C");
  private static final byte[] DELETE = ascii("DELETE%7C");
  private static final byte[] BAR = ascii("%7C");
  private static final byte[] END_OF_HEAD = ascii("\r\n\r\n");
  private static final byte[] DONE = ascii("{\"response\":\"\",\"error_code\":\"SUCCESS\"}");
  private static final byte[] PRESENT = ascii("{\"response\":\"1|");
  private static final byte[] PRESENT_END = ascii("\",\"error_code\":\"SUCCESS\"}");

  private final byte[] head;

  /**
   * @param authority host and port for the Host header
   */
  public FormDialect(String authority) {
    head =
        ascii(
            "POST /request HTTP/1.1\r\nHost: "
                + authority
                + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ");
  }

  @Override
  public void encode(Operation operation, ByteWriter out) {
    encode(operation, "", out);
  }

  /**
   * Appends the request with further headers, such as a client's identity.
   *
   * @param headers each line with its CR LF in front
   */
  public void encode(Operation operation, String headers, ByteWriter out) {
    byte[] verb = verb(operation);
    byte[] key = operation.key();
    int escapedKey = ByteWriter.formEscapedLength(key);
    int bodyLength =
        KEY_FIELD.length + REQUEST_FIELD.length + verb.length + BAR.length + 2 * escapedKey;
    if (operation instanceof Operation.Set set) {
      bodyLength += ByteWriter.formEscapedLength(set.value());
    }
    out.append(head).appendNumber(bodyLength);
    if (!headers.isEmpty()) {
      out.appendAscii(headers);
    }
    out.append(END_OF_HEAD).append(KEY_FIELD).appendFormEscaped(key);
    out.append(REQUEST_FIELD).append(verb).appendFormEscaped(key).append(BAR);
    if (operation instanceof Operation.Set set) {
      out.appendFormEscaped(set.value());
    }
  }

  @Override
  public @Nullable Failure judge(Operation operation, HttpAnswer answer, byte[] buffer) {
    if (answer.status() != 200) {
      return refusal(answer, buffer);
    }
    boolean right =
        switch (operation) {
          case Operation.Get get -> isExpectedValue(get, answer, buffer);
          case Operation.Set _, Operation.Delete _ -> isDone(answer, buffer);
          case Operation.SetIf _, Operation.Scan _ -> throw unknown(operation);
        };
    return right ? null : new Failure("MISMATCH", Outcome.WRONG, answer.body(buffer));
  }

  private static boolean isDone(HttpAnswer answer, byte[] buffer) {
    return answer.bodyLength() == DONE.length && matches(buffer, answer.bodyStart(), DONE);
  }

  private static boolean isExpectedValue(Operation.Get get, HttpAnswer answer, byte[] buffer) {
    int start = answer.bodyStart();
    int valueLength = answer.bodyLength() - PRESENT.length - PRESENT_END.length;
    int valueStart = start + PRESENT.length;
    return valueLength >= get.expectedPrefix().length
        && (get.expectedLength() < 0 || valueLength == get.expectedLength())
        && matches(buffer, start, PRESENT)
        && matches(buffer, valueStart, get.expectedPrefix())
        && matches(buffer, valueStart + valueLength, PRESENT_END);
  }

  private static Failure refusal(HttpAnswer answer, byte[] buffer) {
    String body = answer.body(buffer);
    String code = FormReply.member(body, "error_code");
    // Only an answer that says so is known to have had no effect.
    Outcome outcome =
        FormReply.member(body, "outcome").equals("not_applied")
            ? Outcome.NOT_APPLIED
            : Outcome.UNKNOWN;
    String named = code.isEmpty() ? "HTTP_" + answer.status() : code;
    return new Failure(named, outcome, answer.status() + " " + body);
  }

  private static byte[] verb(Operation operation) {
    return switch (operation) {
      case Operation.Set _ -> SET;
      case Operation.Get _ -> GET;
      case Operation.Delete _ -> DELETE;
      case Operation.SetIf _, Operation.Scan _ -> throw unknown(operation);
    };
  }

  private static IllegalArgumentException unknown(Operation operation) {
    return new IllegalArgumentException("forms cannot say " + operation.getClass().getSimpleName());
  }

  private static boolean matches(byte[] buffer, int from, byte[] expected) {
    if (buffer.length - from < expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if (buffer[from + i] != expected[i]) {
        return false;
      }
    }
    return true;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }
}
