package dev.flotilla.bench.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.bench.ledger.RecoveryProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class KillRoundsTest {

  private static final int NODES_PER_GROUP = 3;

  @TempDir Path directory;

  private final RecoveryProbe probe = new RecoveryProbe(System::nanoTime);
  private final FakeCluster cluster = new FakeCluster();
  private Thread writer;

  /** Two groups of three; a kill of the leader makes the next member lead in the next term. */
  private final class FakeCluster implements StatusSource, NodeProcesses {
    private final Map<Integer, Long> pids = new HashMap<>();
    private final Map<Integer, Integer> leaders = new HashMap<>(Map.of(1, 1, 2, 4));
    private final Map<Integer, Long> terms = new HashMap<>(Map.of(1, 3L, 2, 8L));
    private final List<Long> killed = new ArrayList<>();
    private final List<String> started = new ArrayList<>();
    private boolean elects = true;
    private String clusterId = "c1";
    private int looksUntilCaughtUp;
    private long nextPid = 1_000;

    FakeCluster() {
      for (int id = 1; id <= 2 * NODES_PER_GROUP; id++) {
        pids.put(id, 100L + id);
      }
    }

    private int group(int id) {
      return (id - 1) / NODES_PER_GROUP + 1;
    }

    /** What a client of each group that has a leader sees. */
    synchronized void write() {
      leaders.forEach((group, leader) -> {
        if (pids.get(leader) != 0) {
          probe.success("g" + group, terms.get(group));
        }
      });
    }

    @Override
    public synchronized Optional<NodeStatus> ask(RunningCluster.Node node) {
      long pid = pids.get(node.id());
      if (pid == 0) {
        return Optional.empty();
      }
      int group = group(node.id());
      boolean leads = leaders.get(group) == node.id();
      boolean behind = pid >= 1_000 && !leads && looksUntilCaughtUp-- > 0;
      return Optional.of(
          new NodeStatus(
              clusterId,
              node.name(),
              pid,
              List.of(
                  new NodeStatus.Replica(
                      "g" + group,
                      leads ? "LEADER" : "FOLLOWER",
                      terms.get(group),
                      500,
                      behind ? 499 : 500))));
    }

    @Override
    public synchronized void kill(long pid) throws IOException {
      killed.add(pid);
      int id =
          pids.entrySet().stream()
              .filter(entry -> entry.getValue() == pid)
              .findFirst()
              .orElseThrow(() -> new IOException("no such process"))
              .getKey();
      pids.put(id, 0L);
      int group = group(id);
      if (leaders.get(group) == id && elects) {
        int first = (group - 1) * NODES_PER_GROUP + 1;
        leaders.put(group, first + (id - first + 1) % NODES_PER_GROUP);
        terms.merge(group, 1L, Long::sum);
      }
    }

    @Override
    public synchronized void start(RunningCluster.Node node) {
      started.add(node.name());
      pids.put(node.id(), nextPid++);
    }
  }

  @BeforeEach
  void writeClusterFile() throws IOException {
    write(true);
  }

  @BeforeEach
  void startWriting() {
    writer =
        Thread.ofVirtual()
            .start(() -> {
              while (!Thread.interrupted()) {
                cluster.write();
                LockSupport.parkNanos(1_000_000);
              }
            });
  }

  @AfterEach
  void stopWriting() throws InterruptedException {
    writer.interrupt();
    writer.join();
  }

  private void write(boolean processes) throws IOException {
    StringBuilder nodes = new StringBuilder();
    for (int id = 1; id <= 2 * NODES_PER_GROUP; id++) {
      nodes
          .append(id > 1 ? "," : "")
          .append("{\"id\":%d,\"name\":\"n%d\",\"group\":\"g%d\"}".formatted(id, id, (id + 2) / 3));
    }
    Files.writeString(
        directory.resolve(RunningCluster.FILE_NAME),
        "{\"cluster\":\"c1\",\"processes\":%b,\"nodes\":[%s]}".formatted(processes, nodes));
  }

  private KillRounds rounds(Victim victim, int count, Duration patience) {
    return new KillRounds(
        directory,
        cluster,
        cluster,
        probe,
        new KillOptions(victim, count, Duration.ZERO, patience, patience, Duration.ofMillis(1)),
        System::nanoTime);
  }

  @Test
  void killsTheLeadersOfTheGroupsInTurnAndStartsThemAgain() throws Exception {
    List<Round> told = new ArrayList<>();
    List<Round> rounds = rounds(Victim.LEADER, 4, Duration.ofSeconds(10)).run(told::add);

    assertThat(rounds).isEqualTo(told);
    assertThat(rounds).extracting(Round::group).containsExactly("g1", "g2", "g1", "g2");
    assertThat(rounds).extracting(Round::node).containsExactly("n1", "n4", "n2", "n5");
    assertThat(cluster.killed).containsExactly(101L, 104L, 102L, 105L);
    assertThat(cluster.started).containsExactly("n1", "n4", "n2", "n5");
    assertThat(rounds).allMatch(round -> round.recoveryNanos().isPresent());
    assertThat(rounds).extracting(Round::term).containsExactly(3L, 8L, 4L, 9L);
  }

  @Test
  void aFollowersDeathNeedsNoElection() throws Exception {
    List<Round> rounds = rounds(Victim.FOLLOWER, 2, Duration.ofSeconds(10)).run(_ -> {});
    assertThat(cluster.killed).containsExactly(102L, 105L);
    assertThat(rounds).allMatch(round -> round.recoveryNanos().isEmpty());
  }

  @Test
  void theNextRoundWaitsUntilTheNodeHasCaughtUp() throws Exception {
    cluster.looksUntilCaughtUp = 5;
    rounds(Victim.LEADER, 2, Duration.ofSeconds(10)).run(_ -> {});
    assertThat(cluster.looksUntilCaughtUp).isNegative();
  }

  @Test
  void aGroupThatDoesNotElectIsReportedAsNotRecovered() throws Exception {
    cluster.elects = false;
    List<Round> rounds = rounds(Victim.LEADER, 1, Duration.ofMillis(50)).run(_ -> {});
    assertThat(rounds.getFirst().recoveryNanos()).isEmpty();
    assertThat(KillSummary.of(rounds).notRecovered()).isEqualTo(1);
  }

  @Test
  void aNodeOfAnotherClusterIsNeverKilled() {
    cluster.clusterId = "another";
    assertThatThrownBy(() -> rounds(Victim.LEADER, 1, Duration.ofMillis(50)).run(_ -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("did not become whole");
    assertThat(cluster.killed).isEmpty();
  }

  @Test
  void aClusterInOneProcessIsRefused() throws Exception {
    write(false);
    assertThatThrownBy(() -> rounds(Victim.LEADER, 1, Duration.ofMillis(50)).run(_ -> {}))
        .hasMessageContaining("--processes");
    assertThat(cluster.killed).isEmpty();
  }
}
