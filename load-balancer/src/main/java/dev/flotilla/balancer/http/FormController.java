package dev.flotilla.balancer.http;

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
 * The form API: {@code POST /request} with the fields {@code key} and {@code request}. What is sent
 * as most callers do never comes here: see {@link FormDoor}. This is for the rest: bodies in
 * chunks, callers that ask before they send, other spellings of the path.
 */
@RestController
final class FormController {
  private final KvService service;
  private final HttpLimits limits;
  private final FormCall calls;
  private final Admission admission;
  private final Answers answers;

  FormController(KvService service, HttpLimits limits, Admission admission, Answers answers) {
    this.service = service;
    this.limits = limits;
    this.calls = new FormCall(limits);
    this.admission = admission;
    this.answers = answers;
  }

  @PostMapping("/request")
  void request(HttpServletRequest request, HttpServletResponse response) throws IOException {
    try {
      int most = limits.maxFormBytes();
      try (Admission.Pass _ = admission.enter(1, Bodies.announced(request, most))) {
        KvRequest call = calls.parse(Bodies.read(request, most));
        CallOptions options = CallHeaders.parse(request);
        answer(response, Await.answer(service.execute(call, options)));
      }
    } catch (ApiException e) {
      Answers.writeFormError(response, e);
    }
  }

  private void answer(HttpServletResponse response, KvAnswer answer) throws IOException {
    JsonBytes body = FormAnswers.body(answer, answers);
    Answers.putOrigin(response, answers.origin(answer));
    Answers.write(response, 200, Answers.JSON, body);
  }
}
