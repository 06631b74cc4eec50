package dev.flotilla.bench.kill;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class KillSummaryTest {

  private static Round round(OptionalLong recovery, long silence) {
    return new Round(1, "g1", "n1", 1, 1, recovery, silence, 7);
  }

  @Test
  void medianAndWorst() {
    KillSummary summary =
        KillSummary.of(
            List.of(
                round(OptionalLong.of(300), 30),
                round(OptionalLong.of(100), 10),
                round(OptionalLong.empty(), 90),
                round(OptionalLong.of(900), 20)));
    assertThat(summary).isEqualTo(new KillSummary(4, 1, 300, 900, 25, 90, 7));
  }

  @Test
  void nothingIsZero() {
    assertThat(KillSummary.of(List.of())).isEqualTo(new KillSummary(0, 0, 0, 0, 0, 0, 0));
  }
}
