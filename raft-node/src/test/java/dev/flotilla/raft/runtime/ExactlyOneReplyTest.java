package dev.flotilla.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * H31: under loss, repetition, partitions, pauses, kills and power losses every request is answered
 * at most once, exactly once by a node that lives; and no answer lies.
 */
final class ExactlyOneReplyTest {
  private record Asked(int node, int life, String value) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyRequestIsAnsweredOnceAndNoAnswerLies(long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    Map<Long, Asked> commands = new HashMap<>();
    Map<Integer, Integer> lives = new HashMap<>();
    try (RuntimeCluster cluster = new RuntimeCluster(seed, 3, 1)) {
      cluster.startAll();
      for (int round = 0; round < 400; round++) {
        disturb(cluster, random, lives);
        for (RuntimeCluster.Node node : cluster.nodes.values()) {
          if (node.isUp() && random.nextInt(3) == 0) {
            int life = lives.getOrDefault(node.id, 0);
            String value = "v" + round + "n" + node.id;
            long id = cluster.command(node.id, "append log " + value);
            commands.put(id, new Asked(node.id, life, value));
            commands.put(cluster.query(node.id, "get log"), new Asked(node.id, life, ""));
          }
        }
        cluster.run(1 + random.nextInt(20));
      }
      heal(cluster);
      cluster.run(3_000);
      cluster.write("set done 1");
      cluster.awaitEqualStates(RuntimeCluster.GROUP);

      List<String> log = List.of(cluster.read("get log").split(","));
      assertThat(log).doesNotHaveDuplicates();
      int applied = 0;
      for (Map.Entry<Long, Asked> entry : commands.entrySet()) {
        Asked asked = entry.getValue();
        List<Reply> replies = cluster.client.repliesTo(entry.getKey());
        assertThat(replies).as("replies to %s", asked).hasSizeLessThanOrEqualTo(1);
        if (replies.isEmpty()) {
          assertThat(asked.life())
              .as("a life that answered nothing has ended")
              .isLessThan(lives.getOrDefault(asked.node(), 0));
        } else if (!asked.value().isEmpty()) {
          Outcome outcome = replies.getFirst().getOutcome();
          if (outcome == Outcome.OUTCOME_APPLIED) {
            applied++;
            assertThat(log).contains(asked.value());
          } else if (outcome == Outcome.OUTCOME_NOT_APPLIED) {
            assertThat(log).doesNotContain(asked.value());
          }
        }
      }
      assertThat(applied).isGreaterThan(10);
    }
  }

  private static void disturb(
      RuntimeCluster cluster, SplittableRandom random, Map<Integer, Integer> lives)
      throws IOException {
    int victim = 1 + random.nextInt(3);
    RuntimeCluster.Node node = cluster.nodes.get(victim);
    switch (random.nextInt(30)) {
      case 0 -> {
        if (node.isUp()) {
          lives.merge(victim, 1, Integer::sum);
          cluster.kill(victim);
        }
      }
      case 1 -> {
        if (node.isUp()) {
          lives.merge(victim, 1, Integer::sum);
          cluster.powerLoss(victim);
        }
      }
      case 2 -> cluster.network.isolate(victim);
      case 3, 4 -> cluster.network.heal();
      case 5 -> cluster.network.setFaults(random.nextDouble() / 5, 0.1, 2_000_000);
      case 6 -> cluster.network.setFaults(0, 0, 200_000);
      case 7 -> node.paused = true;
      case 8 -> node.applierPaused = true;
      case 9, 10, 11 -> {
        for (RuntimeCluster.Node other : cluster.nodes.values()) {
          other.paused = false;
          other.applierPaused = false;
          other.machines.values().forEach(machine -> machine.noRoom = false);
        }
      }
      case 17, 18 -> node.machines.values().forEach(machine -> machine.noRoom = true);
      case 12, 13, 14, 15, 16 -> restartOne(cluster);
      default -> {}
    }
  }

  private static void restartOne(RuntimeCluster cluster) throws IOException {
    for (RuntimeCluster.Node node : new ArrayList<>(cluster.nodes.values())) {
      if (!node.isUp()) {
        cluster.start(node.id);
        return;
      }
    }
  }

  private static void heal(RuntimeCluster cluster) throws IOException {
    cluster.network.heal();
    cluster.network.setFaults(0, 0, 200_000);
    for (RuntimeCluster.Node node : cluster.nodes.values()) {
      node.paused = false;
      node.applierPaused = false;
      node.machines.values().forEach(machine -> machine.noRoom = false);
      if (!node.isUp()) {
        cluster.start(node.id);
      }
    }
  }
}
