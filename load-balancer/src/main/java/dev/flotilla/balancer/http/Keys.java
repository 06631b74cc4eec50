package dev.flotilla.balancer.http;

import dev.flotilla.balancer.routing.CallOptions;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;

/**
 * The key in a path {@code /v1/kv/{key}}: any bytes, percent-encoded where a path does not take
 * them.
 */
final class Keys {
  /** Holds what stands after {@code /v1/kv/} in the request line, as it was sent. */
  static final String ATTRIBUTE = "dev.flotilla.balancer.key";

  static final String PREFIX = "/v1/kv/";

  private Keys() {}

  /**
   * @throws ApiException 400 or 413
   */
  static byte[] of(HttpServletRequest request, HttpLimits limits) {
    Object raw = request.getAttribute(ATTRIBUTE);
    if (!(raw instanceof String text)) {
      throw ApiException.badRequest("the path names no key");
    }
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    byte[] key = PercentCoding.decode(bytes, 0, bytes.length, false);
    check(key, limits);
    return key;
  }

  static void check(byte[] key, HttpLimits limits) {
    if (key.length == 0) {
      throw ApiException.badRequest("the key is empty");
    }
    if (key.length > limits.maxKeyBytes()) {
      throw ApiException.tooLarge(
          "the key has " + key.length + " bytes, more than " + limits.maxKeyBytes());
    }
  }

  static void checkValue(byte[] value, HttpLimits limits) {
    if (value.length > limits.maxValueBytes()) {
      throw ApiException.tooLarge(
          "the value has " + value.length + " bytes, more than " + limits.maxValueBytes());
    }
  }

  /** The options of the operation with this number, from 0, of several that one request carries. */
  static CallOptions numbered(CallOptions options, int number) {
    return options.identity() == null
        ? options
        : new CallOptions(
            options.timeoutNanos(), options.identity().withSeq(options.identity().seq() + number));
  }
}
