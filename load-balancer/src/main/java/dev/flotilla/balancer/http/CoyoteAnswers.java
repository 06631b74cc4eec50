package dev.flotilla.balancer.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.coyote.Response;
import org.apache.tomcat.util.http.MimeHeaders;

/**
 * Writes answers at the level of Tomcat's HTTP parser. Headers are given as bytes, which go out as
 * they are.
 */
final class CoyoteAnswers {
  private static final byte[] GROUP = ascii("X-Flotilla-Group");
  private static final byte[] TERM = ascii("X-Flotilla-Term");
  private static final byte[] REVISION = ascii("X-Flotilla-Revision");
  private static final byte[] RETRY_AFTER = ascii("Retry-After");
  private static final byte[] RETRY_AFTER_SECONDS = ascii(Answers.RETRY_AFTER_SECONDS);

  private CoyoteAnswers() {}

  /** A success. */
  static void write(Response response, Origin origin, String contentType, JsonBytes body)
      throws IOException {
    putOrigin(response.getMimeHeaders(), origin);
    write(response, 200, contentType, body);
  }

  static void writeError(Response response, ApiException error, String contentType, JsonBytes body)
      throws IOException {
    MimeHeaders headers = response.getMimeHeaders();
    putOrigin(headers, error.origin());
    if (error.saysRetryAfter()) {
      put(headers, RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    write(response, error.status(), contentType, body);
  }

  static void write(Response response, int status, String contentType, JsonBytes body)
      throws IOException {
    response.setStatus(status);
    response.setContentTypeNoCharset(contentType);
    response.setContentLength(body.length());
    response.doWrite(ByteBuffer.wrap(body.array(), 0, body.length()));
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
