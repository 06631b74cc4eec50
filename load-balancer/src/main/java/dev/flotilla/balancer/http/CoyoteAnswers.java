package dev.flotilla.balancer.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.coyote.Response;
import org.apache.tomcat.util.http.FastHttpDateFormat;
import org.apache.tomcat.util.http.MimeHeaders;

/**
 * Writes answers at the level of Tomcat's HTTP parser. Headers are given as bytes, which go out as
 * they are: each one given as text would go through a charset encoder made for it alone. That is
 * why those that Tomcat adds by itself where they are lacking are given here too.
 */
final class CoyoteAnswers {
  static final byte[] JSON = ascii(Answers.JSON);
  static final byte[] PROBLEM_JSON = ascii(Answers.PROBLEM_JSON);

  private static final byte[] GROUP = ascii("X-Flotilla-Group");
  private static final byte[] TERM = ascii("X-Flotilla-Term");
  private static final byte[] REVISION = ascii("X-Flotilla-Revision");
  private static final byte[] CONTENT_TYPE = ascii("Content-Type");
  private static final byte[] CONTENT_LENGTH = ascii("Content-Length");
  private static final byte[] DATE = ascii("Date");
  private static final byte[] RETRY_AFTER = ascii("Retry-After");
  private static final byte[] RETRY_AFTER_SECONDS = ascii(Answers.RETRY_AFTER_SECONDS);

  /** The date last told; another one every second. */
  private static volatile Text date = Text.of("");

  private record Text(String text, byte[] bytes) {
    static Text of(String text) {
      return new Text(text, ascii(text));
    }
  }

  private CoyoteAnswers() {}

  /** A success. */
  static void write(Response response, Origin origin, byte[] contentType, JsonBytes body)
      throws IOException {
    putOrigin(response.getMimeHeaders(), origin);
    write(response, 200, contentType, body);
  }

  static void writeError(Response response, ApiException error, byte[] contentType, JsonBytes body)
      throws IOException {
    MimeHeaders headers = response.getMimeHeaders();
    putOrigin(headers, error.origin());
    if (error.saysRetryAfter()) {
      put(headers, RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    write(response, error.status(), contentType, body);
  }

  static void write(Response response, int status, byte[] contentType, JsonBytes body)
      throws IOException {
    response.setStatus(status);
    response.setContentLength(body.length());
    MimeHeaders headers = response.getMimeHeaders();
    put(headers, CONTENT_TYPE, contentType);
    headers.addValue(CONTENT_LENGTH, 0, CONTENT_LENGTH.length).setLong(body.length());
    put(headers, DATE, now());
    response.doWrite(ByteBuffer.wrap(body.array(), 0, body.length()));
  }

  private static byte[] now() {
    String now = FastHttpDateFormat.getCurrentDate();
    Text told = date;
    if (!told.text.equals(now)) {
      told = Text.of(now);
      date = told;
    }
    return told.bytes;
  }

  private static void putOrigin(MimeHeaders headers, Origin origin) {
    put(headers, GROUP, ascii(origin.group()));
    put(headers, TERM, ascii(Long.toString(origin.term())));
    put(headers, REVISION, ascii(Long.toString(origin.revision())));
  }

  private static void put(MimeHeaders headers, byte[] name, byte[] value) {
    headers.addValue(name, 0, name.length).setBytes(value, 0, value.length);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
