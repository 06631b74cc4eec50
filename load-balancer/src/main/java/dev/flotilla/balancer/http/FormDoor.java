package dev.flotilla.balancer.http;

import dev.flotilla.balancer.routing.CallOptions;
import dev.flotilla.balancer.routing.KvAnswer;
import dev.flotilla.balancer.routing.KvService;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import org.apache.catalina.Context;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Adapter;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.http.MimeHeaders;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the form API between Tomcat's HTTP parser and its container: nothing that the container
 * and Spring's dispatcher find out about a request is asked for on this path, and finding it out
 * cost more than everything else the balancer does for it. It runs on the request's virtual thread,
 * which waits for the body and for the group.
 *
 * <p>Only what is plain is taken: {@code POST /request}, spelled like that, with a length. All else
 * goes on to {@link FormController}, and answers the same.
 */
final class FormDoor extends ForwardingAdapter {
  private static final Logger log = LoggerFactory.getLogger(FormDoor.class);
  private static final String METHOD = "POST";
  private static final String PATH = "/request";

  private final KvService service;
  private final HttpLimits limits;
  private final FormCall calls;
  private final Admission admission;
  private final Answers answers;
  private final RefusalCounter refusals;
  private final Context context;

  /**
   * @param context waits for the requests under way here too when it stops
   */
  FormDoor(
      Adapter next,
      KvService service,
      HttpLimits limits,
      Admission admission,
      RefusalCounter refusals,
      Context context) {
    super(next);
    this.service = service;
    this.limits = limits;
    this.calls = new FormCall(limits);
    this.admission = admission;
    this.answers = new Answers(service);
    this.refusals = refusals;
    this.context = context;
  }

  @Override
  public void service(Request request, Response response) throws Exception {
    if (!isPlain(request, response)) {
      super.service(request, response);
      return;
    }
    request.setRequestThread();
    context.incrementInProgressAsyncCount();
    try {
      serve(request, response);
      response.action(ActionCode.CLOSE, null);
    } catch (IOException e) {
      // The caller left while it was answered: there is nobody to tell.
      log.debug("an answer broke off", e);
      response.setErrorException(e);
      response.action(ActionCode.CLOSE_NOW, e);
    } finally {
      context.decrementInProgressAsyncCount();
      request.clearRequestThread();
    }
    if (response.getStatus() != 200) {
      refusals.count(response.getStatus());
    }
  }

  /** The parser says what it dislikes by a status, and leaves it to the container to answer. */
  private static boolean isPlain(Request request, Response response) {
    return request.requestURI().equals(PATH)
        && METHOD.equals(request.getMethod())
        && request.getContentLengthLong() >= 0
        && !request.hasExpectation()
        && response.getStatus() == 200
        && !response.isExceptionPresent();
  }

  private void serve(Request request, Response response) throws IOException {
    try {
      long length = request.getContentLengthLong();
      int most = limits.maxFormBytes();
      if (length > most) {
        throw Bodies.tooLarge(most);
      }
      try (Admission.Pass _ = admission.enter(1, length)) {
        byte[] body = read(request, response, (int) length);
        if (body != null) {
          CallOptions options = options(request);
          KvAnswer answer = Await.answer(service.execute(calls.parse(body), options));
          CoyoteAnswers.write(
              response,
              answers.origin(answer),
              CoyoteAnswers.JSON,
              FormAnswers.body(answer, answers));
        }
      }
    } catch (ApiException e) {
      CoyoteAnswers.writeError(response, e, CoyoteAnswers.JSON, FormAnswers.error(e));
    } catch (RuntimeException e) {
      log.error("a request failed unexpectedly", e);
      ApiException problem = ProblemResolver.unexpected();
      CoyoteAnswers.writeError(
          response, problem, CoyoteAnswers.PROBLEM_JSON, Answers.problemBody(problem));
    }
  }

  /** The body, or null when it did not come and its sender was told so. */
  private static byte @Nullable [] read(Request request, Response response, int length)
      throws IOException {
    try {
      return new Body(length).read(request);
    } catch (IOException e) {
      int status = e instanceof SocketTimeoutException ? 408 : 400;
      request.setErrorException(e);
      CoyoteAnswers.write(
          response,
          status,
          CoyoteAnswers.PROBLEM_JSON,
          Answers.problemBody(ProblemValve.problem(status)));
      return null;
    }
  }

  /** Most callers send none of the headers that count here, so their names are looked at once. */
  private static CallOptions options(Request request) {
    MimeHeaders headers = request.getMimeHeaders();
    for (int i = 0; i < headers.size(); i++) {
      if (headers.getName(i).startsWithIgnoreCase("x-", 0)) {
        return CallHeaders.parse(request::getHeader);
      }
    }
    return CallOptions.DEFAULT;
  }

  /** Collects a body of a known length from the parser's buffers. */
  private static final class Body implements ApplicationBufferHandler {
    private final byte[] bytes;
    private ByteBuffer part = ApplicationBufferHandler.EMPTY_BUFFER;

    Body(int length) {
      bytes = new byte[length];
    }

    byte[] read(Request request) throws IOException {
      int length = 0;
      while (length < bytes.length) {
        if (request.doRead(this) < 0) {
          throw new EOFException("the body ended before its announced length");
        }
        int count = Math.min(part.remaining(), bytes.length - length);
        part.get(bytes, length, count);
        length += count;
      }
      return bytes;
    }

    @Override
    public void setByteBuffer(ByteBuffer buffer) {
      part = buffer;
    }

    @Override
    public ByteBuffer getByteBuffer() {
      return part;
    }

    /** Never asked for: the parser hands over buffers of its own. */
    @Override
    public void expand(int size) {}
  }
}
