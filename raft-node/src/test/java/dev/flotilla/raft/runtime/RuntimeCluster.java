package dev.flotilla.raft.runtime;

import dev.flotilla.proto.admin.v1.MemberStatus;
import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.ReplicaStatus;
import dev.flotilla.proto.admin.v1.Role;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.raft.core.Membership;
import dev.flotilla.raft.core.RaftOptions;
import dev.flotilla.raft.env.ManualClock;
import dev.flotilla.raft.env.SeededStreams;
import dev.flotilla.raft.env.SimulatedDisk;
import dev.flotilla.raft.log.BackgroundWork;
import dev.flotilla.raft.log.WalOptions;
import dev.flotilla.raft.snapshot.SnapshotExchange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Nodes without threads on one clock, in-memory disks and an in-memory network, all driven by
 * {@link #step}: the same seed gives the same run.
 */
final class RuntimeCluster implements AutoCloseable {
  static final int GROUP = 1;

  /** Small limits, so that rare paths are common. */
  static final NodeOptions.Limits LIMITS =
      new NodeOptions.Limits(
          1 << 20, 1_000, 8 << 20, 64 << 10, 16 << 10, 32 << 10, 200, 4 << 10, 1 << 20, 2_000, 0);

  /** One node: what survives a restart, and the life it is in. */
  static final class Node {
    final int id;
    SimulatedDisk disk = new SimulatedDisk();
    final Membership founders;
    boolean isNew = true;
    final List<String> fatal = new ArrayList<>();
    final Map<Integer, RegisterMachine> machines = new TreeMap<>();
    private @Nullable NodeAssembly assembly;
    private int lives;
    boolean paused;
    boolean applierPaused;

    Node(int id, Membership founders) {
      this.id = id;
      this.founders = founders;
    }

    boolean isUp() {
      return assembly != null;
    }

    NodeAssembly assembly() {
      if (assembly == null) {
        throw new AssertionError("node " + id + " is down");
      }
      return assembly;
    }
  }

  final ManualClock clock = new ManualClock();
  final MemoryNetwork network;
  final Map<Integer, Node> nodes = new TreeMap<>();
  final RecordingClient client = new RecordingClient();
  private final SplittableRandom random;
  private final long seed;
  private final List<Integer> groups;
  private final Map<Integer, String> addresses = new LinkedHashMap<>();
  NodeOptions.Limits limits = LIMITS;
  WalOptions walOptions = new WalOptions(16 << 10);
  RaftOptions raft = RaftOptions.DEFAULT;
  boolean genesis;

  RuntimeCluster(long seed, int size, int groupCount) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
    this.network = new MemoryNetwork(clock, random.split());
    this.groups = IntStream.rangeClosed(1, groupCount).boxed().toList();
    Membership founders =
        Membership.ofVoters(IntStream.rangeClosed(1, size).boxed().collect(Collectors.toSet()));
    for (int id = 1; id <= size; id++) {
      nodes.put(id, new Node(id, founders));
      addresses.put(id, address(id));
    }
  }

  static String address(int id) {
    return "host" + id + ":700" + id;
  }

  /** A node nobody has heard of yet, told to join its groups. */
  void join(int id) throws IOException {
    nodes.put(id, new Node(id, Membership.EMPTY));
    start(id);
  }

  /**
   * The disk of a node that is down is gone.
   *
   * @param isNew whether it is told at its next start that its groups are new, which they are not
   */
  void wipe(int id, boolean isNew) {
    Node node = nodes.get(id);
    node.disk = new SimulatedDisk();
    node.isNew = isNew;
    node.machines.clear();
  }

  static RuntimeCluster ofThree() throws IOException {
    return new RuntimeCluster(1, 3, 1).startAll();
  }

  RuntimeCluster startAll() throws IOException {
    for (int id : nodes.keySet()) {
      start(id);
    }
    return this;
  }

  // ---------------------------------------------------------------- lives

  void start(int id) throws IOException {
    Node node = nodes.get(id);
    List<ReplicaSpec> specs =
        groups.stream()
            .map(group ->
                new ReplicaSpec(
                    group,
                    "g" + group,
                    node.founders,
                    node.isNew,
                    directory -> {
                      RegisterMachine machine = new RegisterMachine(node.disk, directory, genesis);
                      node.machines.put(group, machine);
                      return machine;
                    }))
            .toList();
    NodeOptions options =
        new NodeOptions(
            id,
            "n" + id,
            "test",
            addresses,
            raft,
            walOptions,
            new SnapshotExchange.Options(1 << 10, 4, 0, 2_000_000_000L),
            limits);
    NodeEnvironment env =
        new NodeEnvironment(
            clock,
            node.disk,
            network.port(id),
            new SeededStreams(seed * 1_000_003 + id * 1_009L + node.lives));
    node.assembly =
        NodeAssembly.recover(
            options,
            env,
            specs,
            (code, reason, cause) -> node.fatal.add(code + " " + reason),
            BackgroundWork.INLINE);
    node.lives++;
    node.paused = false;
    env.transport().start(node.assembly().receiver());
  }

  /** The power goes: what was not synced is decided by chance. */
  void powerLoss(int id) {
    Node node = nodes.get(id);
    node.disk.crash(random.split());
    end(node);
  }

  /** The process is killed: what it wrote stays. */
  void kill(int id) {
    Node node = nodes.get(id);
    node.disk.kill();
    end(node);
  }

  private void end(Node node) {
    network.drop(node.id);
    node.assembly = null;
  }

  @Override
  public void close() {
    for (Node node : nodes.values()) {
      if (node.assembly != null) {
        node.assembly.close();
      }
    }
  }

  // ---------------------------------------------------------------- time

  /** Half a millisecond of everything. */
  void step() {
    clock.advanceNanos(500_000);
    network.deliver();
    for (Node node : nodes.values()) {
      if (node.assembly != null && !node.paused) {
        node.assembly.loop().pass();
        if (!node.applierPaused) {
          node.assembly.applier().pass();
        }
        node.assembly.snapshots().pass();
      }
    }
  }

  void run(long millis) {
    for (long i = 0; i < 2 * millis; i++) {
      step();
    }
  }

  void await(String what, BooleanSupplier condition) {
    await(what, 20_000, condition);
  }

  void await(String what, long millis, BooleanSupplier condition) {
    for (long i = 0; i < 2 * millis; i++) {
      if (condition.getAsBoolean()) {
        return;
      }
      step();
    }
    throw new AssertionError("not within " + millis + " ms: " + what + "\n" + describe());
  }

  private String describe() {
    return nodes.values().stream()
        .map(node -> node.isUp() ? status(node.id).toString() : "node " + node.id + " is down")
        .collect(Collectors.joining("\n"));
  }

  // ---------------------------------------------------------------- looking

  /** Without state hashes, and without disturbing the applier. */
  NodeStatus status(int id) {
    CompletableFuture<NodeStatus> answer = nodes.get(id).assembly().status(false);
    nodes.get(id).assembly().loop().pass();
    return answer.join();
  }

  NodeStatus hashedStatus(int id) {
    CompletableFuture<NodeStatus> answer = nodes.get(id).assembly().status(true);
    nodes.get(id).assembly().loop().pass();
    nodes.get(id).assembly().applier().pass();
    return answer.join();
  }

  ReplicaStatus replica(int id, int group) {
    return of(status(id), group);
  }

  ReplicaStatus hashedReplica(int id, int group) {
    return of(hashedStatus(id), group);
  }

  private static ReplicaStatus of(NodeStatus status, int group) {
    return status.getReplicasList().stream()
        .filter(replica -> replica.getGroup() == group)
        .findFirst()
        .orElseThrow();
  }

  /** The group's leader of the highest term among the nodes that run, or 0. */
  int leaderNow(int group) {
    int leader = 0;
    long term = 0;
    for (Node node : nodes.values()) {
      if (node.isUp() && !node.paused && node.fatal.isEmpty()) {
        ReplicaStatus replica = replica(node.id, group);
        if (replica.getRole() == Role.ROLE_LEADER && replica.getTerm() > term) {
          leader = node.id;
          term = replica.getTerm();
        }
      }
    }
    return leader;
  }

  /** Of a group that is born: from then on it can lose a node. */
  int awaitLeader(int group) {
    await("a leader of group " + group, () -> leaderNow(group) != 0 && knowBirth(group));
    return leaderNow(group);
  }

  private boolean knowBirth(int group) {
    return replica(leaderNow(group), group).getMembersList().stream()
        .filter(MemberStatus::getVoter)
        .map(member -> nodes.get(member.getNode()))
        .filter(node -> node.isUp() && !node.paused && node.fatal.isEmpty())
        .allMatch(node -> replica(node.id, group).getMembershipIndex() > 0);
  }

  int awaitLeaderOtherThan(int id) {
    await("another leader", () -> leaderNow(GROUP) != 0 && leaderNow(GROUP) != id);
    return leaderNow(GROUP);
  }

  /** A leader among the others, while {@code old} may still believe in itself. */
  int awaitNewLeaderWhile(int old) {
    await(
        "a leader beside node " + old,
        () ->
            nodes.keySet().stream()
                .anyMatch(id ->
                    id != old
                        && nodes.get(id).isUp()
                        && replica(id, GROUP).getRole() == Role.ROLE_LEADER));
    return nodes.keySet().stream()
        .filter(id -> id != old && nodes.get(id).isUp())
        .filter(id -> replica(id, GROUP).getRole() == Role.ROLE_LEADER)
        .findFirst()
        .orElseThrow();
  }

  int followerOf(int leader) {
    return nodes.keySet().stream().filter(id -> id != leader).findFirst().orElseThrow();
  }

  void awaitEqualStates(int group) {
    awaitEqualStates(group, nodes.keySet());
  }

  void awaitEqualStates(int group, Set<Integer> members) {
    await("equal states", () -> statesAreEqual(group, members));
  }

  boolean statesAreEqual(int group) {
    return statesAreEqual(group, nodes.keySet());
  }

  private boolean statesAreEqual(int group, Set<Integer> members) {
    TreeSet<String> states = new TreeSet<>();
    for (int id : members) {
      ReplicaStatus replica = hashedReplica(id, group);
      states.add(replica.getAppliedIndex() + " " + replica.getStateHash());
    }
    return states.size() == 1;
  }

  // ---------------------------------------------------------------- asking

  long command(int id, String text) {
    return client.command(nodes.get(id).assembly()::submit, GROUP, text);
  }

  long query(int id, String text) {
    return client.query(nodes.get(id).assembly()::submit, GROUP, text);
  }

  Reply awaitReply(long request) {
    await("an answer to request " + request, () -> client.isAnswered(request));
    return client.reply(request);
  }

  /** Writes through whoever leads, and insists on success. */
  Reply write(String text) {
    Reply reply = awaitReply(command(awaitLeader(GROUP), text));
    if (reply.getOutcome() != Outcome.OUTCOME_APPLIED) {
      throw new AssertionError(text + ": " + reply);
    }
    return reply;
  }

  String read(String text) {
    Reply reply = awaitReply(query(awaitLeader(GROUP), text));
    if (reply.getOutcome() != Outcome.OUTCOME_APPLIED) {
      throw new AssertionError(text + ": " + reply);
    }
    return reply.getResult().toStringUtf8();
  }
}
