package dev.flotilla.launcher.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the assembled folder of jars must be able to do, beside running a cluster. */
class DistributionIT {
  @Test
  void simulatesWithTheJarsItWasGiven() throws IOException, InterruptedException {
    TestCluster.Ran simulated =
        TestCluster.run(List.of("simulate", "--seeds", "2", "--from", "11"));
    assertThat(simulated.exitCode()).as(simulated.output()).isZero();
    assertThat(simulated.output()).contains("2 seeds").doesNotContain("Exception");
  }
}
