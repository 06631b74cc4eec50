package dev.flotilla.balancer.http;

import java.nio.charset.StandardCharsets;
import org.apache.coyote.Adapter;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.buf.ByteChunk;
import org.apache.tomcat.util.buf.MessageBytes;

/**
 * Takes keys out of paths before Tomcat interprets them. A servlet container decodes and normalizes
 * a path: {@code a/../b} becomes {@code b}, {@code %2F}, {@code %5C} and {@code %00} are refused,
 * what follows a semicolon is cut. Keys are any bytes, so what stands after {@code /v1/kv/} is put
 * aside and the container sees a fixed path.
 */
final class KeyPathAdapter extends ForwardingAdapter {
  private static final byte[] PREFIX = Keys.PREFIX.getBytes(StandardCharsets.US_ASCII);
  private static final byte[] STAND_IN = (Keys.PREFIX + "key").getBytes(StandardCharsets.US_ASCII);

  KeyPathAdapter(Adapter next) {
    super(next);
  }

  @Override
  public void service(Request request, Response response) throws Exception {
    putKeyAside(request);
    super.service(request, response);
  }

  private static void putKeyAside(Request request) {
    MessageBytes uri = request.requestURI();
    if (uri.getType() != MessageBytes.T_BYTES) {
      return;
    }
    ByteChunk path = uri.getByteChunk();
    if (path.getLength() < PREFIX.length) {
      return;
    }
    byte[] buffer = path.getBytes();
    for (int i = 0; i < PREFIX.length; i++) {
      if (buffer[path.getStart() + i] != PREFIX[i]) {
        return;
      }
    }
    String key =
        new String(
            buffer,
            path.getStart() + PREFIX.length,
            path.getLength() - PREFIX.length,
            StandardCharsets.ISO_8859_1);
    request.setAttribute(Keys.ATTRIBUTE, key);
    uri.setBytes(STAND_IN, 0, STAND_IN.length);
  }
}
