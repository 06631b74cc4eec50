package dev.flotilla.balancer.http;

import com.google.protobuf.ByteString;
import dev.flotilla.balancer.routing.Consistency;
import dev.flotilla.balancer.routing.KvAnswer;
import dev.flotilla.balancer.routing.KvRequest;
import dev.flotilla.balancer.routing.KvService;
import dev.flotilla.balancer.routing.Precondition;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/** One key at a time: raw bytes in and out, revisions as ETags. */
@RestController
final class KvController {
  private static final String OCTETS = "application/octet-stream";

  private final KvService service;
  private final HttpLimits limits;
  private final Admission admission;
  private final Answers answers;

  KvController(KvService service, HttpLimits limits, Admission admission, Answers answers) {
    this.service = service;
    this.limits = limits;
    this.admission = admission;
    this.answers = answers;
  }

  @PutMapping("/v1/kv/{key}")
  void put(HttpServletRequest request, HttpServletResponse response) throws IOException {
    byte[] key = Keys.of(request, limits);
    Precondition precondition = Preconditions.of(request);
    long ttlMillis =
        QueryString.parse(request.getQueryString(), Set.of("ttl"))
            .text("ttl")
            .map(KvController::ttlMillis)
            .orElse(0L);
    int most = limits.maxValueBytes();
    try (Admission.Pass _ = admission.enter(1, Bodies.announced(request, most))) {
      byte[] value = Bodies.read(request, most);
      KvAnswer answer = execute(request, new KvRequest.Put(key, value, precondition, ttlMillis));
      switch (answer) {
        case KvAnswer.Written written -> {
          response.setHeader("ETag", Preconditions.etag(written.revision()));
          empty(response, written.existed() ? 200 : 201, written);
        }
        case KvAnswer.ConditionFailed failed -> throw answers.preconditionFailed(failed);
        default -> throw answers.unexpected(answer);
      }
    }
  }

  static long ttlMillis(String text) {
    return Durations.parseMillis(text)
        .orElseThrow(
            () -> ApiException.badRequest("ttl must be a duration such as 500ms, 30s, 5m, 2h, 7d"));
  }

  @DeleteMapping("/v1/kv/{key}")
  void delete(HttpServletRequest request, HttpServletResponse response) throws IOException {
    byte[] key = Keys.of(request, limits);
    QueryString.parse(request.getQueryString(), Set.of());
    Precondition precondition = Preconditions.of(request);
    if (precondition instanceof Precondition.Absent) {
      throw ApiException.badRequest("an absent key cannot be deleted; If-None-Match is for PUT");
    }
    try (Admission.Pass _ = admission.enter(1, 0)) {
      KvAnswer answer = execute(request, new KvRequest.Delete(key, precondition));
      switch (answer) {
        case KvAnswer.Written written -> {
          if (!written.existed()) {
            throw answers.notFound(written);
          }
          empty(response, 204, written);
        }
        case KvAnswer.ConditionFailed failed -> throw answers.preconditionFailed(failed);
        default -> throw answers.unexpected(answer);
      }
    }
  }

  @GetMapping("/v1/kv/{key}")
  void get(HttpServletRequest request, HttpServletResponse response) throws IOException {
    read(request, response, false);
  }

  @RequestMapping(path = "/v1/kv/{key}", method = RequestMethod.HEAD)
  void head(HttpServletRequest request, HttpServletResponse response) throws IOException {
    read(request, response, true);
  }

  private void read(HttpServletRequest request, HttpServletResponse response, boolean head)
      throws IOException {
    byte[] key = Keys.of(request, limits);
    Consistency consistency =
        QueryString.parse(request.getQueryString(), Set.of("consistency"))
            .text("consistency")
            .map(KvController::consistency)
            .orElse(Consistency.LINEARIZABLE);
    try (Admission.Pass _ = admission.enter(1, 0)) {
      KvAnswer answer = execute(request, new KvRequest.Get(key, head, consistency));
      switch (answer) {
        case KvAnswer.Found found -> found(response, found, head);
        case KvAnswer.Absent absent -> throw answers.notFound(absent);
        default -> throw answers.unexpected(answer);
      }
    }
  }

  private void found(HttpServletResponse response, KvAnswer.Found found, boolean head)
      throws IOException {
    response.setHeader("ETag", Preconditions.etag(found.revision()));
    if (found.expiresAtMillis() > 0) {
      long left = Math.max(0, found.expiresAtMillis() - found.clockMillis());
      response.setHeader("X-Flotilla-Expires-In", left + "ms");
    }
    Answers.putOrigin(response, answers.origin(found));
    response.setStatus(200);
    response.setContentType(OCTETS);
    if (!head) {
      ByteString value = found.value();
      response.setContentLength(value.size());
      value.writeTo(response.getOutputStream());
    }
  }

  private static Consistency consistency(String text) {
    return switch (text) {
      case "linearizable" -> Consistency.LINEARIZABLE;
      case "lease" -> Consistency.LEASE;
      case "stale" -> Consistency.STALE;
      default -> throw ApiException.badRequest("consistency must be linearizable, lease or stale");
    };
  }

  private KvAnswer execute(HttpServletRequest request, KvRequest call) {
    KvAnswer answer = Await.answer(service.execute(call, CallHeaders.parse(request)));
    if (answer instanceof KvAnswer.Failed failed) {
      throw answers.failure(failed);
    }
    return answer;
  }

  private void empty(HttpServletResponse response, int status, KvAnswer answer) {
    Answers.putOrigin(response, answers.origin(answer));
    response.setStatus(status);
    if (status != 204) {
      response.setContentLength(0);
    }
  }
}
