package dev.flotilla.launcher.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class TimestampsTest {
  @Test
  void logLinesBeginWithTheirTime() {
    assertThat(Timestamps.timeOf("2026-11-21T14:55:45.525Z INFO  [main] x - y"))
        .contains(Instant.parse("2026-11-21T14:55:45.525Z"));
    assertThat(Timestamps.timeOf("2026-11-21T15:55:45.525+01:00 INFO  [main] x - y"))
        .contains(Instant.parse("2026-11-21T14:55:45.525Z"));
  }

  @Test
  void auditLinesHaveItUnderAt() {
    assertThat(Timestamps.timeOf("{\"at\":\"2026-11-21T14:55:45Z\",\"number\":1}"))
        .contains(Instant.parse("2026-11-21T14:55:45Z"));
    assertThat(Timestamps.timeOf("{\"at\":1}")).isEmpty();
    assertThat(Timestamps.timeOf("{\"at\":\"2026-")).isEmpty();
  }

  @Test
  void otherLinesHaveNone() {
    for (String line :
        new String[] {
          "",
          " ",
          "\tat dev.flotilla.X.y(X.java:1)",
          "java.io.IOException: x",
          "2026-11-21T99:55:45.525Z INFO",
          "2026-11-21T14:55:45.525Z",
          "Caused by: x"
        }) {
      assertThat(Timestamps.timeOf(line)).as(line).isEmpty();
    }
  }
}
