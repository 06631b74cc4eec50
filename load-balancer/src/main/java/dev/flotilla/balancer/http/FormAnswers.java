package dev.flotilla.balancer.http;

import com.google.protobuf.ByteString;
import dev.flotilla.balancer.routing.KvAnswer;

/** The form API's answers, byte for byte. */
final class FormAnswers {
  private static final String FOUND = "{\"response\":\"1|";
  private static final String END = "\",\"error_code\":\"SUCCESS\"}";

  /** Only ever read. */
  private static final JsonBytes WRITTEN =
      new JsonBytes(64).raw("{\"response\":\"\",\"error_code\":\"SUCCESS\"}");

  /** Only ever read. */
  private static final JsonBytes ABSENT =
      new JsonBytes(64).raw("{\"response\":\"0|\",\"error_code\":\"SUCCESS\"}");

  private FormAnswers() {}

  /**
   * The body of an answer; not to be written to.
   *
   * @throws ApiException when the answer is a failure
   */
  static JsonBytes body(KvAnswer answer, Answers answers) {
    return switch (answer) {
      case KvAnswer.Written written -> WRITTEN;
      case KvAnswer.Absent absent -> ABSENT;
      case KvAnswer.Found found -> {
        ByteString value = found.value();
        yield new JsonBytes(value.size() + 64).raw(FOUND).escaped(value).raw(END);
      }
      case KvAnswer.Failed failed -> throw answers.failure(failed);
      case KvAnswer.ConditionFailed failed -> throw answers.unexpected(failed);
      case KvAnswer.Keys keys -> throw answers.unexpected(keys);
    };
  }

  /** The body of an error. */
  static JsonBytes error(ApiException error) {
    JsonBytes body = new JsonBytes(192);
    body.raw("{\"response\":\"\",\"error_code\":").string(error.code());
    body.raw(",\"outcome\":").string(error.outcome().text());
    return body.raw(",\"message\":").string(error.sentence()).raw("}");
  }
}
