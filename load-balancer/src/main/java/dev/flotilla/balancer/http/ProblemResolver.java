package dev.flotilla.balancer.http;

import dev.flotilla.balancer.routing.Outcome;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.NoHandlerFoundException;

/** Turns whatever went wrong into a problem document: never a stack trace, never a page. */
final class ProblemResolver implements HandlerExceptionResolver {
  private static final Logger log = LoggerFactory.getLogger(ProblemResolver.class);

  @Override
  public @Nullable ModelAndView resolveException(
      HttpServletRequest request,
      HttpServletResponse response,
      @Nullable Object handler,
      Exception exception) {
    try {
      if (response.isCommitted()) {
        // The caller left, or the answer had begun: nothing can be said any more.
        log.debug("the answer to {} broke off", request.getMethod(), exception);
      } else {
        response.resetBuffer();
        Answers.writeProblem(response, problem(response, exception));
      }
    } catch (IOException e) {
      log.debug("the caller left before the problem could be told", e);
    }
    return new ModelAndView();
  }

  private static ApiException problem(HttpServletResponse response, Exception exception) {
    return switch (exception) {
      case ApiException problem -> problem;
      case NoHandlerFoundException none ->
          new ApiException(
              404,
              "NO_SUCH_PATH",
              Outcome.NOT_APPLIED,
              false,
              Origin.NONE,
              "nothing is served here");
      case HttpRequestMethodNotSupportedException wrong -> {
        String[] supported = wrong.getSupportedMethods();
        if (supported != null) {
          response.setHeader("Allow", String.join(", ", supported));
        }
        yield new ApiException(
            405,
            "METHOD_NOT_ALLOWED",
            Outcome.NOT_APPLIED,
            false,
            Origin.NONE,
            "this path does not take " + wrong.getMethod());
      }
      case IOException broken ->
          // The body could not be read to its end, so nothing was done.
          ApiException.badRequest("the body could not be read");
      default -> {
        log.error("a request failed unexpectedly", exception);
        yield unexpected();
      }
    };
  }

  /** A fault of ours; what became of the request is not known. */
  static ApiException unexpected() {
    return new ApiException(
        500, "INTERNAL", Outcome.UNKNOWN, false, Origin.NONE, "an unexpected error happened");
  }
}
