package dev.flotilla.raft.snapshot;

import dev.flotilla.proto.raft.v1.BulkMessage;
import dev.flotilla.proto.raft.v1.MessageBatch;
import dev.flotilla.raft.core.LogBase;
import dev.flotilla.raft.core.Membership;
import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.DiskFile;
import dev.flotilla.raft.env.ManualClock;
import dev.flotilla.raft.env.SimulatedDisk;
import dev.flotilla.raft.env.Transport;
import dev.flotilla.raft.snapshot.SnapshotStore.StoredSnapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/**
 * Nodes with snapshot exchanges on simulated disks and one manual clock, joined by a network that
 * the test bends. One thread; time moves only when nobody has anything to do.
 */
final class SnapshotFleet {
  static final SnapshotExchange.Options OPTIONS =
      new SnapshotExchange.Options(1_000, 4, 0, 2_000_000_000L);
  static final Membership VOTERS = Membership.ofVoters(Set.of(1, 2, 3));

  /** A message on its way. */
  record Parcel(int from, int to, BulkMessage message) {}

  /** What a listener was told, in order. */
  sealed interface Report {
    record Received(int node, int group, int from, long term, LogBase base) implements Report {}

    record Sent(int node, int group, int peer, boolean success, long index) implements Report {}
  }

  final ManualClock clock = new ManualClock();
  final Map<Integer, Node> nodes = new TreeMap<>();
  final List<Parcel> underway = new ArrayList<>();
  final List<Parcel> carried = new ArrayList<>();
  final List<Report> reports = new ArrayList<>();
  final Set<Integer> cutOff = new HashSet<>();
  private final SplittableRandom random;
  private final SnapshotExchange.Options options;

  /** Chances in a hundred. */
  int lossPercent;

  int duplicatePercent;
  int reorderPercent;

  /** Sees, and may change, what is carried; null loses it. */
  UnaryOperator<Parcel> tamper = parcel -> parcel;

  SnapshotFleet(long seed) {
    this(seed, OPTIONS);
  }

  SnapshotFleet(long seed, SnapshotExchange.Options options) {
    this.random = new SplittableRandom(seed);
    this.options = options;
  }

  /** One node; it can be ended and begun again on what its disk holds. */
  final class Node implements SnapshotExchange.Listener {
    final int id;
    SimulatedDisk disk;
    SnapshotExchange exchange;
    final Map<Integer, SnapshotStore> stores = new TreeMap<>();

    Node(int id, SimulatedDisk disk, int... groups) throws IOException {
      this.id = id;
      this.disk = disk;
      exchange = new SnapshotExchange(id, disk, clock, new Lane(id), options, this);
      for (int group : groups) {
        SnapshotStore store = new SnapshotStore(disk, "g" + group, group);
        stores.put(group, store);
        exchange.register(group, store);
      }
    }

    SnapshotStore store() {
      return stores.get(1);
    }

    @Override
    public void received(int group, int from, long term, LogBase base) {
      reports.add(new Report.Received(id, group, from, term, base));
    }

    @Override
    public void sent(int group, int peer, boolean success, long index) {
      reports.add(new Report.Sent(id, group, peer, success, index));
    }
  }

  Node node(int id) throws IOException {
    return node(id, 1);
  }

  Node node(int id, int... groups) throws IOException {
    Node node = new Node(id, new SimulatedDisk(), groups);
    nodes.put(id, node);
    return node;
  }

  /** The process ends and begins again on the same disk. */
  Node restart(int id) throws IOException {
    nodes.get(id).disk.kill();
    return reopen(id);
  }

  /** The power goes and comes back. */
  Node powerCycle(int id) throws IOException {
    nodes.get(id).disk.crash(random);
    return reopen(id);
  }

  private Node reopen(int id) throws IOException {
    Node before = nodes.get(id);
    int[] groups = before.stores.keySet().stream().mapToInt(Integer::intValue).toArray();
    Node after = new Node(id, before.disk, groups);
    nodes.put(id, after);
    return after;
  }

  /** The connection breaks: what was on it is lost, and both ends hear of it. */
  void disconnect(int one, int other) {
    underway.removeIf(p -> (p.from == one && p.to == other) || (p.from == other && p.to == one));
    nodes.get(one).exchange.onPeerDisconnected(other);
    nodes.get(other).exchange.onPeerDisconnected(one);
  }

  private final class Lane implements Transport {
    private final int from;

    Lane(int from) {
      this.from = from;
    }

    @Override
    public void start(Receiver receiver) {}

    @Override
    public void send(int toNode, MessageBatch batch) {
      throw new AssertionError("snapshots travel on the bulk lane");
    }

    @Override
    public boolean sendBulk(int toNode, BulkMessage message) {
      if (cutOff.contains(from) || cutOff.contains(toNode)) {
        return false;
      }
      underway.add(new Parcel(from, toNode, message));
      return true;
    }

    @Override
    public void close() {}
  }

  /** Runs until the condition holds; fails after a bounded amount of simulated time. */
  void runUntil(String what, BooleanSupplier condition) {
    long limit = clock.nanoTime() + 600_000_000_000L;
    while (!condition.getAsBoolean()) {
      if (clock.nanoTime() > limit) {
        throw new AssertionError(what + " did not happen; reports: " + reports);
      }
      turn();
    }
  }

  /** Runs for some simulated time. */
  void runFor(long nanos) {
    long until = clock.nanoTime() + nanos;
    while (clock.nanoTime() < until) {
      turn();
    }
  }

  /**
   * Everybody does what is due once, and one message arrives; when nothing was to be done, time
   * passes.
   */
  void turn() {
    long wait = Long.MAX_VALUE;
    for (Node node : List.copyOf(nodes.values())) {
      wait = Math.min(wait, node.exchange.pass());
    }
    if (!underway.isEmpty()) {
      deliverOne();
    } else if (wait > 0) {
      clock.advanceNanos(Math.min(wait, 50_000_000L));
    }
  }

  private void deliverOne() {
    boolean reorder = random.nextInt(100) < reorderPercent;
    Parcel parcel = underway.remove(reorder ? random.nextInt(underway.size()) : 0);
    if (random.nextInt(100) < duplicatePercent) {
      underway.add(random.nextInt(underway.size() + 1), parcel);
    }
    Parcel arriving = random.nextInt(100) < lossPercent ? null : tamper.apply(parcel);
    Node receiver = arriving == null ? null : nodes.get(arriving.to);
    if (receiver != null) {
      carried.add(arriving);
      receiver.exchange.onBulk(arriving.from, arriving.message);
    }
  }

  long chunksCarried() {
    return carried.stream().filter(p -> p.message.hasChunk()).count();
  }

  List<Report.Received> received(int node) {
    return reports.stream()
        .filter(r -> r instanceof Report.Received x && x.node == node)
        .map(r -> (Report.Received) r)
        .toList();
  }

  List<Report.Sent> sent(int node) {
    return reports.stream()
        .filter(r -> r instanceof Report.Sent x && x.node == node)
        .map(r -> (Report.Sent) r)
        .toList();
  }

  /**
   * Writes files of these sizes, contents drawn from the seed, and publishes them as a snapshot.
   */
  StoredSnapshot publish(Node node, int group, long index, int... sizes) throws IOException {
    SnapshotStore store = node.stores.get(group);
    String staging = store.newStagingDirectory();
    for (int i = 0; i < sizes.length; i++) {
      byte[] bytes = new byte[sizes[i]];
      random.nextBytes(bytes);
      write(node.disk, staging + "/file-" + (char) ('a' + i), bytes);
    }
    return store.publish(staging, new LogBase(index, 3, VOTERS), 1_234);
  }

  static void write(Disk disk, String path, byte[] bytes) throws IOException {
    try (DiskFile file = disk.open(path, Disk.OpenMode.CREATE_NEW)) {
      file.write(0, ByteBuffer.wrap(bytes));
    }
  }

  /** Whether two nodes hold the same bytes in the files of a snapshot. */
  static boolean sameFiles(Node one, Node other, StoredSnapshot snapshot) throws IOException {
    for (String name : one.disk.list(snapshot.directory())) {
      String path = snapshot.directory() + "/" + name;
      if (!Arrays.equals(one.disk.content(path), other.disk.content(path))) {
        return false;
      }
    }
    return one.disk.list(snapshot.directory()).equals(other.disk.list(snapshot.directory()));
  }
}
