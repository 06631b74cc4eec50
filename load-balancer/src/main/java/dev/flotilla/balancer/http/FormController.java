package dev.flotilla.balancer.http;

import com.google.protobuf.ByteString;
import dev.flotilla.balancer.routing.CallOptions;
import dev.flotilla.balancer.routing.KvAnswer;
import dev.flotilla.balancer.routing.KvRequest;
import dev.flotilla.balancer.routing.KvService;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The form API: {@code POST /request} with the fields {@code key} and {@code request}. The busiest
 * path of all, so it goes from bytes to bytes, past Spring's parameter, validation and conversion
 * layers.
 */
@RestController
final class FormController {
  private static final String SUCCESS = "{\"response\":\"\",\"error_code\":\"SUCCESS\"}";
  private static final String FOUND = "{\"response\":\"1|";
  private static final String ABSENT = "{\"response\":\"0|";
  private static final String END = "\",\"error_code\":\"SUCCESS\"}";

  private final KvService service;
  private final HttpLimits limits;
  private final FormCall calls;
  private final Admission admission;
  private final Await await;
  private final Answers answers;

  FormController(KvService service, HttpLimits limits, Admission admission, Answers answers) {
    this.service = service;
    this.limits = limits;
    this.calls = new FormCall(limits);
    this.admission = admission;
    this.await = new Await(limits);
    this.answers = answers;
  }

  @PostMapping("/request")
  void request(HttpServletRequest request, HttpServletResponse response) throws IOException {
    try {
      int most = limits.maxFormBytes();
      try (Admission.Pass _ = admission.enter(1, Bodies.announced(request, most))) {
        KvRequest call = calls.parse(Bodies.read(request, most));
        CallOptions options = CallHeaders.parse(request);
        answer(response, await.answer(service.execute(call, options)));
      }
    } catch (ApiException e) {
      Answers.writeFormError(response, e);
    }
  }

  private void answer(HttpServletResponse response, KvAnswer answer) throws IOException {
    JsonBytes body =
        switch (answer) {
          case KvAnswer.Written written -> new JsonBytes(SUCCESS.length()).raw(SUCCESS);
          case KvAnswer.Absent absent -> new JsonBytes(64).raw(ABSENT).raw(END);
          case KvAnswer.Found found -> {
            ByteString value = found.value();
            yield new JsonBytes(value.size() + 64).raw(FOUND).escaped(value).raw(END);
          }
          case KvAnswer.Failed failed -> throw answers.failure(failed);
          case KvAnswer.ConditionFailed failed -> throw answers.unexpected(failed);
          case KvAnswer.Keys keys -> throw answers.unexpected(keys);
        };
    Answers.putOrigin(response, answers.origin(answer));
    Answers.write(response, 200, Answers.JSON, body);
  }
}
