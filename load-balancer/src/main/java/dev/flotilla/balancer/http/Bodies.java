package dev.flotilla.balancer.http;

import jakarta.servlet.http.HttpServletRequest;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Reads request bodies, never more than allowed. */
final class Bodies {
  private static final int FIRST_CHUNK_BYTES = 8_192;

  private Bodies() {}

  /**
   * How many bytes to account for before reading a body.
   *
   * @throws ApiException 413 when it says itself that it is too large; nothing of it is read then
   */
  static long announced(HttpServletRequest request, int most) {
    long length = request.getContentLengthLong();
    if (length > most) {
      throw tooLarge(most);
    }
    return length < 0 ? most : length;
  }

  /**
   * @throws ApiException 413 as soon as it is known to be too large
   */
  static byte[] read(HttpServletRequest request, int most) throws IOException {
    long length = request.getContentLengthLong();
    if (length > most) {
      throw tooLarge(most);
    }
    InputStream in = request.getInputStream();
    return length >= 0 ? readExactly(in, (int) length) : readChunked(in, most);
  }

  private static byte[] readExactly(InputStream in, int length) throws IOException {
    byte[] body = new byte[length];
    if (in.readNBytes(body, 0, length) < length) {
      throw new EOFException("the body ended before its announced length");
    }
    return body;
  }

  private static byte[] readChunked(InputStream in, int most) throws IOException {
    byte[] body = new byte[Math.min(most, FIRST_CHUNK_BYTES)];
    int length = 0;
    while (true) {
      length += in.readNBytes(body, length, body.length - length);
      if (length < body.length) {
        return Arrays.copyOf(body, length);
      }
      if (length == most) {
        if (in.read() >= 0) {
          throw tooLarge(most);
        }
        return body;
      }
      body = Arrays.copyOf(body, (int) Math.min(most, body.length * 2L));
    }
  }

  static ApiException tooLarge(int most) {
    return ApiException.tooLarge("the body has more than " + most + " bytes");
  }
}
