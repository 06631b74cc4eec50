package dev.flotilla.launcher.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.launcher.cluster.NodeView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * One group goes from three members to five, to seven and back to three others, while clients write
 * and read through the balancer. Real processes, real disks, the commands a person would type. A
 * longer run repeats the way there and back:
 *
 * <pre>mvn verify -Dit.test=MembershipIT -Dflotilla.members.rounds=20</pre>
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MembershipIT {
  private static final int CLIENTS = 4;
  private static final int ROUNDS = Integer.getInteger("flotilla.members.rounds", 1);
  private static final List<String> FIRST = List.of("n1", "n2", "n3");
  private static final List<String> LATER = List.of("n4", "n5", "n6", "n7", "n8");

  @TempDir private static Path directory;

  private static TestCluster cluster;
  private static Traffic traffic;

  @BeforeAll
  static void start() throws IOException {
    cluster =
        TestCluster.start(
            directory.resolve("data"), "--processes", "--groups", "1", "--nodes-per-group", "3");
    for (String name : LATER) {
      cluster.join(name, "g1");
    }
    LATER.forEach(cluster::awaitListed);
    traffic = new Traffic(cluster.balancer());
  }

  @AfterAll
  static void stop() throws IOException {
    traffic.close();
    cluster.close();
  }

  @Test
  @Order(1)
  void threeMembersBecomeFiveAndSevenAndOtherThreeWhileNoOperationFails() throws Exception {
    traffic.start(CLIENTS);
    awaitMore("0 warm-up", 2_000);
    awaitMore("1 before", 3_000);
    Set<String> members = new TreeSet<>(FIRST);
    for (int round = 0; round < ROUNDS; round++) {
      // Every round begins with three members and ends with three of the other five.
      List<String> newcomers = notAmong(members);
      change("2 three to five", members, "add", newcomers.get(0));
      change("2 three to five", members, "add", newcomers.get(1));
      change("3 five to seven", members, "add", newcomers.get(2));
      change("3 five to seven", members, "add", newcomers.get(3));
      change("4 leader replaced", members, "replace", leader(), newcomers.get(4));
      change("5 leader removed", members, "remove", leader());
      for (String old : new ArrayList<>(members)) {
        if (members.size() > 3 && !newcomers.contains(old)) {
          change("6 down to three", members, "remove", old);
        }
      }
      while (members.size() > 3) {
        change("6 down to three", members, "remove", members.iterator().next());
      }
    }
    awaitMore("7 after", 3_000);
    traffic.close();
    publish();
    traffic.assertNothingFailed();
    traffic.assertNothingIsLost(cluster.balancer());
  }

  @Test
  @Order(2)
  void theMembersHoldOneState() {
    Set<String> members = members();
    assertThat(members).hasSize(3).doesNotContainAnyElementsOf(ROUNDS == 1 ? FIRST : List.of());
    Awaitility.await("equal hashes")
        .atMost(Duration.ofSeconds(60))
        .until(() ->
            cluster.views(true).stream()
                    .filter(view -> members.contains(view.node()))
                    .flatMap(view -> view.replicas().stream())
                    .map(NodeView.Replica::stateHash)
                    .map(String::valueOf)
                    .distinct()
                    .count()
                == 1);
  }

  @Test
  @Order(3)
  void theBalancerNeedsNoneOfTheNodesItWasConfiguredWith() throws IOException {
    Set<String> members = members();
    for (String old : FIRST) {
      if (!members.contains(old)) {
        cluster.kill(old);
      }
    }
    traffic.assertNothingIsLost(cluster.balancer());
  }

  @Test
  @Order(4)
  void theClusterComesBackWithTheMembersItHadAndWithoutThoseThatWereRemoved() throws Exception {
    Set<String> members = members();
    assertThat(cluster.interrupt()).isZero();
    cluster.upInOneProcess();
    traffic.assertNothingIsLost(cluster.balancer());
    Awaitility.await("the same members")
        .atMost(Duration.ofSeconds(30))
        .until(() -> members().equals(members));
    assertThat(cluster.file().nodes()).hasSize(FIRST.size() + LATER.size());
  }

  /** Prints what the clients saw, and keeps it beside the other reports of the build. */
  private static void publish() throws IOException {
    String table =
        traffic.table(
            "all changes together", phase -> phase.compareTo("2") > 0 && phase.compareTo("7") < 0);
    Path file = Path.of("target", "membership-table.md");
    Files.createDirectories(file.getParent());
    Files.writeString(file, table);
    System.out.print(table);
  }

  private static List<String> notAmong(Set<String> members) {
    List<String> others = new ArrayList<>(FIRST);
    others.addAll(LATER);
    others.removeAll(members);
    return others;
  }

  private static String leader() {
    return cluster.awaitLeaderOf("g1");
  }

  private static Set<String> members() {
    NodeView.Replica leader =
        Awaitility.await("a leader")
            .atMost(Duration.ofSeconds(60))
            .until(
                () ->
                    cluster.views(false).stream()
                        .flatMap(view -> view.replicas().stream())
                        .filter(NodeView.Replica::leads)
                        .max((a, b) -> Long.compare(a.term(), b.term()))
                        .orElse(null),
                Objects::nonNull);
    return new TreeSet<>(leader.voters());
  }

  private static void change(String phase, Set<String> members, String verb, String... nodes)
      throws IOException, InterruptedException {
    traffic.phase(phase);
    List<String> command = new ArrayList<>(List.of("members", verb, "g1"));
    command.addAll(List.of(nodes));
    TestCluster.Ran ran = cluster.command(command.toArray(String[]::new));
    assertThat(ran.exitCode()).as(String.join(" ", command) + ": " + ran.output()).isZero();
    switch (verb) {
      case "add" -> members.add(nodes[0]);
      case "remove" -> members.remove(nodes[0]);
      default -> {
        members.remove(nodes[0]);
        members.add(nodes[1]);
      }
    }
    assertThat(ran.output()).contains("are " + String.join(" ", members) + ".");
    // Some traffic on the new members alone.
    awaitMore(phase, 300);
  }

  private static void awaitMore(String phase, long operations) {
    traffic.phase(phase);
    long goal = traffic.countOf(phase) + operations;
    Awaitility.await(operations + " operations: " + phase)
        .atMost(Duration.ofSeconds(120))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> traffic.countOf(phase) >= goal);
  }
}
