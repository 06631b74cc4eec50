package dev.flotilla.launcher.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.admin.v1.EventKind;
import dev.flotilla.proto.admin.v1.NodeEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
  @TempDir Path logs;

  @AfterEach
  void stop() {
    LogFiles.stop();
  }

  @Test
  void anEventIsOneLineOfJsonInAFileOfItsOwn() throws IOException {
    Path log = LogFiles.start(logs, "n2", "INFO", false);
    AuditLog audit = new AuditLog("n2");
    audit.accept(
        NodeEvent.newBuilder()
            .setNumber(7)
            .setAtMillis(0)
            .setKind(EventKind.EVENT_KIND_NO_LEADER)
            .setGroup(1)
            .setGroupName("g1")
            .setTerm(4)
            .setText("n2 knows no \"leader\"")
            .build());
    audit.accept(
        NodeEvent.newBuilder()
            .setNumber(8)
            .setKind(EventKind.EVENT_KIND_STARTED)
            .setText("n2 runs")
            .build());
    LogFiles.stop();
    assertThat(Files.readAllLines(logs.resolve("n2.audit.jsonl")))
        .isEqualTo(
            List.of(
                "{\"at\":\"1970-01-01T00:00:00Z\",\"number\":7,\"node\":\"n2\",\"event\":\"no-leader\","
                    + "\"group\":\"g1\",\"term\":4,\"leader\":null,"
                    + "\"text\":\"n2 knows no \\\"leader\\\"\"}",
                "{\"at\":\"1970-01-01T00:00:00Z\",\"number\":8,\"node\":\"n2\",\"event\":\"started\","
                    + "\"text\":\"n2 runs\"}"));
    assertThat(Files.readString(log)).doesNotContain("n2 runs");
  }
}
