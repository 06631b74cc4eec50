package dev.flotilla.launcher.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.FreePorts;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The guided tour, as it is promised in the README. */
class DemoIT {
  @Test
  void aLeaderDiesNothingIsLostAndAllReplicasHoldTheSame()
      throws IOException, InterruptedException {
    TestCluster.Ran ran =
        TestCluster.run(
            List.of("demo", "--base-port", Integer.toString(FreePorts.base()), "-o", "json"));
    assertThat(ran.exitCode()).as(ran.output()).isEqualTo(ExitCode.DONE);
    assertThat(ran.output().lines()).hasSize(1);
    JsonNode found = JsonMapper.builder().build().readTree(ran.output());
    assertThat(found.path("found").asInt()).isEqualTo(300).isEqualTo(found.path("keys").asInt());
    assertThat(found.path("nextLeader").asString()).isNotEqualTo(found.path("killed").asString());
    assertThat(found.path("replicas")).hasSize(3);
    for (JsonNode group : found.path("replicas")) {
      assertThat(group.path("same")).as(group.toString()).hasSize(3);
      assertThat(group.path("differing")).as(group.toString()).isEmpty();
    }
  }
}
