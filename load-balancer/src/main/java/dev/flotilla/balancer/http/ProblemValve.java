package dev.flotilla.balancer.http;

import dev.flotilla.balancer.routing.Outcome;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;

/**
 * Errors that never reached Spring (a malformed request line, a header too large) as problem
 * documents too.
 */
public final class ProblemValve extends ErrorReportValve {
  @Override
  protected void report(Request request, Response response, @Nullable Throwable throwable) {
    int status = response.getStatus();
    if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
      return;
    }
    JsonBytes body = Answers.problemBody(problem(status));
    try {
      response.setContentType(Answers.PROBLEM_JSON);
      response.setContentLength(body.length());
      response.getOutputStream().write(body.array(), 0, body.length());
      response.finishResponse();
    } catch (IOException | IllegalStateException e) {
      // The caller is gone, or the connection is beyond use: there is nobody to tell.
      container.getLogger().debug("a problem could not be told", e);
    }
  }

  /** What is said of a request that is known by its status only. */
  static ApiException problem(int status) {
    return new ApiException(
        status,
        status < 500 ? "BAD_REQUEST" : "INTERNAL",
        status < 500 ? Outcome.NOT_APPLIED : Outcome.UNKNOWN,
        false,
        Origin.NONE,
        status < 500 ? "the request is malformed" : "an unexpected error happened");
  }
}
