package dev.flotilla.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What a state machine waits for is proposed by its leader, once. */
final class WakeTest {

  @Test
  void theFirstCommandOfAGroupsLifeIsProposedOnce() throws IOException {
    RuntimeCluster cluster = new RuntimeCluster(1, 3, 1);
    cluster.genesis = true;
    try (cluster) {
      cluster.startAll();
      cluster.await("genesis", () -> cluster.read("genesis").equals("1"));
      int leader = cluster.awaitLeader(RuntimeCluster.GROUP);
      cluster.kill(leader);
      cluster.awaitLeaderOtherThan(leader);
      cluster.start(leader);
      cluster.run(3_000);

      assertThat(cluster.read("genesis")).isEqualTo("1");
    }
  }

  @Test
  void whatIsDueExpiresAlthoughNobodyWrites() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      cluster.write("ttl a 1 3000");
      int leader = cluster.awaitLeader(RuntimeCluster.GROUP);
      long lastIndex = cluster.replica(leader, RuntimeCluster.GROUP).getLastIndex();
      cluster.run(2_900);
      assertThat(cluster.read("get a")).isEqualTo("1");
      cluster.run(200);

      assertThat(cluster.read("get a")).isEmpty();
      assertThat(cluster.replica(leader, RuntimeCluster.GROUP).getLastIndex())
          .isEqualTo(lastIndex + 1);
    }
  }
}
