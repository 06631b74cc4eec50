package dev.flotilla.balancer.http;

import dev.flotilla.balancer.routing.CallOptions;
import dev.flotilla.balancer.routing.KvAnswer;
import dev.flotilla.balancer.routing.KvRequest;
import dev.flotilla.balancer.routing.KvService;
import dev.flotilla.balancer.routing.Outcome;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Up to 1,000 independent operations in one request, carried out at the same time and in no order,
 * each answered with the status it would have had alone. With {@code X-Client-Id} the operations
 * take consecutive numbers from {@code X-Request-Seq} on.
 */
@RestController
final class BatchController {
  private final KvService service;
  private final HttpLimits limits;
  private final BatchParser parser;
  private final Admission admission;
  private final Answers answers;

  BatchController(KvService service, HttpLimits limits, Admission admission, Answers answers) {
    this.service = service;
    this.limits = limits;
    this.parser = new BatchParser(limits);
    this.admission = admission;
    this.answers = answers;
  }

  @PostMapping("/v1/kv:batch")
  void batch(HttpServletRequest request, HttpServletResponse response) throws IOException {
    String type = request.getContentType();
    if (type == null || !type.toLowerCase(Locale.ROOT).startsWith(Answers.JSON)) {
      throw new ApiException(
          415,
          "UNSUPPORTED_MEDIA_TYPE",
          Outcome.NOT_APPLIED,
          false,
          Origin.NONE,
          "a batch is " + Answers.JSON);
    }
    int most = limits.maxBatchBytes();
    long announced = Bodies.announced(request, most);
    try (Admission.Pass _ = admission.enter(0, announced)) {
      List<KvRequest> calls = parser.parse(Bodies.read(request, most));
      CallOptions options = CallHeaders.parse(request);
      try (Admission.Pass _ = admission.enter(calls.size(), 0)) {
        Answers.write(response, 200, Answers.JSON, results(calls, options));
      }
    }
  }

  private JsonBytes results(List<KvRequest> calls, CallOptions options) {
    List<CompletableFuture<KvAnswer>> futures = new ArrayList<>(calls.size());
    for (int i = 0; i < calls.size(); i++) {
      futures.add(service.execute(calls.get(i), Keys.numbered(options, i)));
    }
    JsonBytes json = new JsonBytes(64 + calls.size() * 64);
    json.raw("{\"results\":[");
    for (int i = 0; i < calls.size(); i++) {
      json.raw(i == 0 ? "" : ",");
      result(json, calls.get(i), Await.answer(futures.get(i)));
    }
    return json.raw("]}");
  }

  private void result(JsonBytes json, KvRequest call, KvAnswer answer) {
    switch (answer) {
      case KvAnswer.Found found -> {
        begin(json, 200, answer);
        json.raw(",\"revision\":").number(found.revision()).raw(",");
        ListController.putBytes(json, "value", found.value());
        json.raw("}");
      }
      case KvAnswer.Written written -> {
        boolean put = call instanceof KvRequest.Put;
        int status = put ? (written.existed() ? 200 : 201) : (written.existed() ? 204 : 404);
        begin(json, status, answer);
        json.raw(",\"revision\":").number(written.revision()).raw("}");
      }
      case KvAnswer.Absent absent -> begin(json, 404, absent).raw("}");
      case KvAnswer.ConditionFailed failed -> problem(json, answers.preconditionFailed(failed));
      case KvAnswer.Failed failed -> problem(json, answers.failure(failed));
      case KvAnswer.Keys keys -> problem(json, answers.unexpected(keys));
    }
  }

  private JsonBytes begin(JsonBytes json, int status, KvAnswer answer) {
    json.raw("{\"status\":").number(status);
    json.raw(",\"outcome\":").string(answer.outcome().text());
    return json.raw(",\"group\":").string(answers.groupName(answer.group()));
  }

  private static void problem(JsonBytes json, ApiException problem) {
    json.raw("{\"status\":").number(problem.status());
    json.raw(",\"outcome\":").string(problem.outcome().text());
    json.raw(",\"group\":").string(problem.origin().group());
    json.raw(",\"code\":").string(problem.code());
    json.raw(problem.retryable() ? ",\"retryable\":true" : ",\"retryable\":false");
    json.raw(",\"detail\":").string(problem.sentence()).raw("}");
  }
}
