package dev.flotilla.balancer.http;

import dev.flotilla.balancer.routing.FailureCode;
import dev.flotilla.balancer.routing.GroupView;
import dev.flotilla.balancer.routing.KvAnswer;
import dev.flotilla.balancer.routing.KvService;
import dev.flotilla.balancer.routing.Outcome;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Turns routing's answers into HTTP's terms. */
final class Answers {
  static final String JSON = "application/json";
  static final String PROBLEM_JSON = "application/problem+json";
  static final String RETRY_AFTER_SECONDS = "1";

  private final Map<Integer, String> groupNames = new HashMap<>();

  Answers(KvService service) {
    for (GroupView group : service.groups()) {
      groupNames.put(group.id(), group.name());
    }
  }

  String groupName(int group) {
    return groupNames.getOrDefault(group, Origin.NO_GROUP);
  }

  Origin origin(KvAnswer answer) {
    long revision =
        switch (answer) {
          case KvAnswer.Written written -> written.revision();
          case KvAnswer.ConditionFailed failed -> failed.revision();
          case KvAnswer.Found found -> found.revision();
          case KvAnswer.Absent absent -> 0;
          case KvAnswer.Keys keys -> 0;
          case KvAnswer.Failed failed -> 0;
        };
    return new Origin(groupName(answer.group()), answer.term(), revision);
  }

  /** A failure as the exception that both doors turn into their answers. */
  ApiException failure(KvAnswer.Failed failed) {
    return new ApiException(
        status(failed.code()),
        failed.code().name(),
        failed.outcome(),
        failed.code().retryable(),
        origin(failed),
        failed.message());
  }

  ApiException preconditionFailed(KvAnswer.ConditionFailed failed) {
    return new ApiException(
        412,
        "PRECONDITION_FAILED",
        Outcome.NOT_APPLIED,
        false,
        origin(failed),
        failed.revision() == 0
            ? "the key is absent"
            : "the key's revision is " + failed.revision());
  }

  ApiException notFound(KvAnswer answer) {
    return new ApiException(
        404, "NOT_FOUND", Outcome.APPLIED, false, origin(answer), "the key is absent");
  }

  /** An answer of a kind that the request cannot have; a fault of ours. */
  ApiException unexpected(KvAnswer answer) {
    return new ApiException(
        500,
        FailureCode.INTERNAL.name(),
        Outcome.UNKNOWN,
        false,
        origin(answer),
        "the group's answer does not fit the request");
  }

  static int status(FailureCode code) {
    return switch (code) {
      case BAD_REQUEST -> 400;
      case SESSION_EXPIRED -> 409;
      case TOO_LARGE -> 413;
      case OVERLOADED -> 429;
      case INTERNAL -> 500;
      case NO_LEADER, WRONG_SHARD, UNAVAILABLE -> 503;
      case TIMEOUT -> 504;
    };
  }

  /** The three headers that say where an answer comes from. */
  static void putOrigin(HttpServletResponse response, Origin origin) {
    response.setHeader("X-Flotilla-Group", origin.group());
    response.setHeader("X-Flotilla-Term", Long.toString(origin.term()));
    response.setHeader("X-Flotilla-Revision", Long.toString(origin.revision()));
  }

  static void write(HttpServletResponse response, int status, String contentType, JsonBytes body)
      throws IOException {
    response.setStatus(status);
    response.setContentType(contentType);
    response.setContentLength(body.length());
    response.getOutputStream().write(body.array(), 0, body.length());
  }

  /** An RFC 9457 problem document. */
  static void writeProblem(HttpServletResponse response, ApiException problem) throws IOException {
    putOrigin(response, problem.origin());
    if (problem.saysRetryAfter()) {
      response.setHeader("Retry-After", RETRY_AFTER_SECONDS);
    }
    write(response, problem.status(), PROBLEM_JSON, problemBody(problem));
  }

  static JsonBytes problemBody(ApiException problem) {
    JsonBytes body = new JsonBytes(256);
    body.raw("{\"type\":\"about:blank\",\"title\":").string(title(problem.status()));
    body.raw(",\"status\":").number(problem.status());
    body.raw(",\"detail\":").string(problem.sentence());
    body.raw(",\"code\":").string(problem.code());
    body.raw(",\"outcome\":").string(problem.outcome().text());
    body.raw(problem.retryable() ? ",\"retryable\":true" : ",\"retryable\":false");
    body.raw(",\"group\":");
    if (problem.origin().group().equals(Origin.NO_GROUP)) {
      body.raw("null}");
    } else {
      body.string(problem.origin().group()).raw("}");
    }
    return body;
  }

  /** The form API's shape of an error. */
  static void writeFormError(HttpServletResponse response, ApiException error) throws IOException {
    putOrigin(response, error.origin());
    if (error.saysRetryAfter()) {
      response.setHeader("Retry-After", RETRY_AFTER_SECONDS);
    }
    write(response, error.status(), JSON, FormAnswers.error(error));
  }

  static String title(int status) {
    return switch (status) {
      case 400 -> "Bad Request";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 409 -> "Conflict";
      case 412 -> "Precondition Failed";
      case 413 -> "Content Too Large";
      case 415 -> "Unsupported Media Type";
      case 429 -> "Too Many Requests";
      case 500 -> "Internal Server Error";
      case 503 -> "Service Unavailable";
      case 504 -> "Gateway Timeout";
      default -> "Error";
    };
  }
}
