package dev.flotilla.balancer.http;

import dev.flotilla.balancer.routing.CallOptions;
import dev.flotilla.balancer.routing.GroupView;
import dev.flotilla.balancer.routing.KvAnswer;
import dev.flotilla.balancer.routing.KvService;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Appends records: {@code POST /api/write {"data":"...","source":"..."}}. */
@RestController
final class RecordController {
  private final KvService service;
  private final RecordLog records;
  private final HttpLimits limits;
  private final Admission admission;
  private final Answers answers;

  RecordController(KvService service, HttpLimits limits, Admission admission, Answers answers) {
    this.service = service;
    this.records = new RecordLog(service);
    this.limits = limits;
    this.admission = admission;
    this.answers = answers;
  }

  @PostMapping("/api/write")
  void write(HttpServletRequest request, HttpServletResponse response) throws IOException {
    int most = limits.maxValueBytes();
    try (Admission.Pass _ = admission.enter(1, Bodies.announced(request, most))) {
      JsonFields fields = JsonFields.parse(Bodies.read(request, most), Set.of("data", "source"));
      JsonBytes record = new JsonBytes(256);
      record.raw("{\"data\":").string(fields.require("data"));
      record.raw(",\"source\":").string(fields.get("source").orElse("")).raw("}");
      byte[] value = record.toByteArray();
      Keys.checkValue(value, limits);
      RecordLog.Appended appended = records.append(value, CallOptions.DEFAULT);
      switch (appended.answer()) {
        case KvAnswer.Written written -> answer(response, appended.id(), written);
        case KvAnswer.Failed failed -> throw answers.failure(failed);
        default -> throw answers.unexpected(appended.answer());
      }
    }
  }

  private void answer(HttpServletResponse response, long id, KvAnswer.Written written)
      throws IOException {
    Answers.putOrigin(response, answers.origin(written));
    JsonBytes json = new JsonBytes(128);
    json.raw("{\"success\":true,\"entryId\":").number(id);
    json.raw(",\"leader\":");
    int leader = leaderOf(written.group());
    if (leader == 0) {
      json.raw("null}");
    } else {
      json.string("n" + leader).raw("}");
    }
    Answers.write(response, 200, Answers.JSON, json);
  }

  private int leaderOf(int group) {
    for (GroupView view : service.groups()) {
      if (view.id() == group && view.leader() != null) {
        return view.leader().node();
      }
    }
    return 0;
  }
}
