package dev.flotilla.launcher.logs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AuditTextTest {
  @Test
  void anEventIsALineOfWords() {
    assertThat(
            AuditText.of(
                "{\"at\":\"2026-11-21T14:55:45Z\",\"number\":3,\"node\":\"n2\","
                    + "\"event\":\"leader\",\"group\":\"g1\",\"term\":4,\"leader\":\"n2\","
                    + "\"text\":\"n2 leads g1 (term 4)\"}"))
        .isEqualTo("2026-11-21T14:55:45Z  n2 g1  leader: n2 leads g1 (term 4)");
    assertThat(
            AuditText.of(
                "{\"at\":\"2026-11-21T14:55:45Z\",\"node\":\"n2\",\"event\":\"started\","
                    + "\"text\":\"the node runs\"}"))
        .isEqualTo("2026-11-21T14:55:45Z  n2  started: the node runs");
  }

  @Test
  void whatIsNoEventStaysAsItIs() {
    assertThat(AuditText.of("{\"at\":1}")).isEqualTo("{\"at\":1}");
    assertThat(AuditText.of("{\"at\":")).isEqualTo("{\"at\":");
    assertThat(AuditText.of("")).isEmpty();
  }
}
