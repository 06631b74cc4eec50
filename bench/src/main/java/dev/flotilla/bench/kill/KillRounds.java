package dev.flotilla.bench.kill;

import dev.flotilla.bench.ledger.RecoveryProbe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Kills a node of each group in turn while a ledger is written, and measures how long the group's
 * writers went without. A node is killed only when its group is whole: every member up and caught
 * up, so that each round is one fault.
 */
public final class KillRounds {

  private final Path dataDirectory;
  private final StatusSource statuses;
  private final NodeProcesses processes;
  private final RecoveryProbe probe;
  private final KillOptions options;
  private final LongSupplier nanoTime;

  /** A whole group: who leads, and everybody's status. */
  private record Whole(Member leader, List<Member> followers) {}

  private record Member(RunningCluster.Node node, NodeStatus status, NodeStatus.Replica replica) {}

  /**
   * @param dataDirectory where {@code cluster.json} is; it is read anew in each round, because pids
   *     change
   * @param probe of a ledger that writes to every group
   * @param nanoTime a monotonic clock in nanoseconds
   */
  public KillRounds(
      Path dataDirectory,
      StatusSource statuses,
      NodeProcesses processes,
      RecoveryProbe probe,
      KillOptions options,
      LongSupplier nanoTime) {
    this.dataDirectory = dataDirectory;
    this.statuses = statuses;
    this.processes = processes;
    this.probe = probe;
    this.options = options;
    this.nanoTime = nanoTime;
  }

  /**
   * @param listener told of each round as it ends
   * @throws IOException when the cluster is not one of processes, a group does not become whole, or
   *     a killed node does not come back
   */
  public List<Round> run(Consumer<Round> listener) throws IOException, InterruptedException {
    List<String> groups = cluster().groups();
    List<Round> rounds = new ArrayList<>();
    for (int number = 1; number <= options.rounds(); number++) {
      Round round = round(number, groups.get((number - 1) % groups.size()));
      rounds.add(round);
      listener.accept(round);
    }
    return List.copyOf(rounds);
  }

  private Round round(int number, String group) throws IOException, InterruptedException {
    awaitWhole(group);
    Thread.sleep(options.steadyFor());
    Whole whole = awaitWhole(group);
    Member victim =
        switch (options.victim()) {
          case LEADER -> whole.leader();
          case FOLLOWER -> whole.followers().getFirst();
        };
    long term = whole.leader().replica().term();
    try (RecoveryProbe.Mark mark = probe.mark(group, term)) {
      processes.kill(victim.status().pid());
      boolean served =
          switch (options.victim()) {
            case LEADER -> mark.awaitRecovery(options.recoveryTimeout().toNanos());
            case FOLLOWER -> mark.awaitSuccess(options.recoveryTimeout().toNanos());
          };
      long restarted = nanoTime.getAsLong();
      processes.start(victim.node());
      long caughtUp = awaitReturn(group, victim) - restarted;
      if (!served) {
        // The group may have needed the node; then this is part of what the kill cost.
        mark.awaitRecovery(options.recoveryTimeout().toNanos());
      }
      return new Round(
          number,
          group,
          victim.node().name(),
          victim.status().pid(),
          term,
          mark.recoveryNanos(),
          mark.longestSilenceNanos(),
          caughtUp);
    }
  }

  /** Waits until the node has a new process that applied what the group has committed by now. */
  private long awaitReturn(String group, Member victim) throws IOException, InterruptedException {
    long deadline = deadline();
    do {
      Optional<Member> back = member(group, victim.node(), cluster().id());
      if (back.isPresent() && back.get().status().pid() != victim.status().pid()) {
        Whole whole = awaitWhole(group);
        if (whole.leader().node().id() == victim.node().id()
            || whole.followers().stream().anyMatch(m -> m.node().id() == victim.node().id())) {
          return nanoTime.getAsLong();
        }
      }
      Thread.sleep(options.look());
    } while (nanoTime.getAsLong() - deadline < 0);
    throw new IOException(victim.node().name() + " did not come back after its restart");
  }

  /**
   * Waits until one member leads, the others follow it in its term, and each has applied what the
   * leader had committed when the wait began.
   */
  private Whole awaitWhole(String group) throws IOException, InterruptedException {
    long deadline = deadline();
    long floor = 0;
    String seen;
    do {
      RunningCluster cluster = cluster();
      List<RunningCluster.Node> nodes = cluster.members(group);
      List<Member> members = new ArrayList<>();
      for (RunningCluster.Node node : nodes) {
        member(group, node, cluster.id()).ifPresent(members::add);
      }
      Optional<Member> leader =
          members.stream()
              .filter(member -> member.replica().leads())
              .max(Comparator.comparingLong(member -> member.replica().term()));
      if (floor == 0 && leader.isPresent()) {
        floor = leader.get().replica().commitIndex();
      }
      if (leader.isPresent()
          && members.size() == nodes.size()
          && areCaughtUp(members, leader.get().replica().term(), floor)) {
        List<Member> followers = new ArrayList<>(members);
        followers.remove(leader.get());
        return new Whole(leader.get(), followers);
      }
      seen = members.size() + " of " + nodes.size() + " members, leader " + leader.isPresent();
      Thread.sleep(options.look());
    } while (nanoTime.getAsLong() - deadline < 0);
    throw new IOException("group " + group + " did not become whole in time: " + seen);
  }

  private static boolean areCaughtUp(List<Member> members, long term, long floor) {
    return members.stream()
        .allMatch(m -> m.replica().term() == term && m.replica().appliedIndex() >= floor);
  }

  /** A node's status, if what answers at its address is that node of that cluster. */
  private Optional<Member> member(String group, RunningCluster.Node node, String clusterId)
      throws InterruptedException {
    return statuses
        .ask(node)
        .filter(status -> status.cluster().equals(clusterId) && status.node().equals(node.name()))
        .flatMap(status -> status.replica(group).map(replica -> new Member(node, status, replica)));
  }

  private RunningCluster cluster() throws IOException {
    RunningCluster cluster = RunningCluster.read(dataDirectory);
    if (!cluster.processes()) {
      throw new IOException("the cluster runs in one process: start it with --processes");
    }
    return cluster;
  }

  private long deadline() {
    return nanoTime.getAsLong() + options.catchUpTimeout().toNanos();
  }
}
