package dev.flotilla.balancer.http;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.flotilla.balancer.routing.Consistency;
import dev.flotilla.balancer.routing.KvRequest;
import dev.flotilla.balancer.routing.Precondition;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads {@code SET|key|value}, {@code GET|key|} and {@code DELETE|key|}. */
final class FormCall {
  private static final byte BAR = '|';
  private static final byte[] SET = "SET".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] GET = "GET".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] DELETE = "DELETE".getBytes(StandardCharsets.US_ASCII);

  private final HttpLimits limits;

  FormCall(HttpLimits limits) {
    this.limits = limits;
  }

  /**
   * @throws ApiException 400 or 413
   */
  KvRequest parse(byte[] body) {
    FormFields fields = FormFields.parse(body);
    byte[] key = fields.key();
    byte[] request = fields.request();
    if (key == null) {
      throw ApiException.badRequest("the field key is missing");
    }
    if (request == null) {
      throw ApiException.badRequest("the field request is missing");
    }
    int firstBar = FormFields.indexOf(request, BAR, 0, request.length);
    boolean set = Arrays.equals(request, 0, firstBar, SET, 0, SET.length);
    boolean get = Arrays.equals(request, 0, firstBar, GET, 0, GET.length);
    boolean delete = Arrays.equals(request, 0, firstBar, DELETE, 0, DELETE.length);
    if (!set && !get && !delete) {
      throw ApiException.badRequest("the request must be SET|key|value, GET|key| or DELETE|key|");
    }
    if (firstBar == request.length) {
      throw ApiException.badRequest("the request names no key");
    }
    int secondBar = FormFields.indexOf(request, BAR, firstBar + 1, request.length);
    checkKey(key, request, firstBar + 1, secondBar);
    if (get) {
      return new KvRequest.Get(key, false, Consistency.LINEARIZABLE);
    }
    if (delete) {
      return new KvRequest.Delete(key, Precondition.NONE);
    }
    if (secondBar == request.length) {
      throw ApiException.badRequest("SET needs a value: SET|key|value");
    }
    byte[] value = Arrays.copyOfRange(request, secondBar + 1, request.length);
    if (value.length > limits.maxValueBytes()) {
      throw ApiException.tooLarge(
          "the value has " + value.length + " bytes, more than " + limits.maxValueBytes());
    }
    requireText(value, "value");
    return new KvRequest.Put(key, value, Precondition.NONE, 0);
  }

  private void checkKey(byte[] key, byte[] request, int from, int to) {
    if (!Arrays.equals(key, 0, key.length, request, from, to)) {
      throw ApiException.badRequest("the field key is not the key inside the request");
    }
    if (key.length == 0) {
      throw ApiException.badRequest("the key is empty");
    }
    if (key.length > limits.maxKeyBytes()) {
      throw ApiException.tooLarge(
          "the key has " + key.length + " bytes, more than " + limits.maxKeyBytes());
    }
    requireText(key, "key");
  }

  private static void requireText(byte[] bytes, String what) {
    ByteString text = UnsafeByteOperations.unsafeWrap(bytes);
    if (!text.isValidUtf8()) {
      throw ApiException.badRequest("the " + what + " is not UTF-8 text");
    }
  }
}
