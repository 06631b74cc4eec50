package dev.flotilla.raft.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A group of cores in one thread, with a network and disks that misbehave as a seed says.
 * Everything is checked after every event; the same seed gives the same run.
 */
final class CoreCluster {
  static final long MILLIS = 1_000_000L;

  /** How badly the network behaves, as probabilities and bounds. */
  record Network(double drop, double duplicate, long maxDelay, boolean fifo) {}

  private record Event(long at, long order, Runnable action) {}

  private record Link(int from, int to) {}

  final RaftOptions options;
  final ClusterChecks checks = new ClusterChecks();
  final SplittableRandom random;
  Network network = new Network(0, 0, 2 * MILLIS, true);
  long maxSync = 2 * MILLIS;

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(
          java.util.Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
  private final TreeMap<Integer, SimNode> nodes = new TreeMap<>();
  private final Set<Link> cut = new HashSet<>();
  private final Map<String, Integer> marks = new TreeMap<>();
  private final ArrayDeque<String> trace = new ArrayDeque<>();
  private final TreeMap<Long, Long> linkClock = new TreeMap<>();
  private long now = 1_000 * MILLIS;
  private long order;
  private long nextId = 1;
  private long nextIncarnation = 1;

  CoreCluster(long seed, RaftOptions options, Set<Integer> ids, Membership bootstrap) {
    this.options = options;
    random = new SplittableRandom(seed);
    for (int id : ids) {
      nodes.put(id, new SimNode(id, this, bootstrap, random.split()));
    }
    nodes.values().forEach(SimNode::start);
  }

  long now() {
    return now;
  }

  Map<String, Integer> marks() {
    return marks;
  }

  void mark(String what) {
    marks.merge(what, 1, Integer::sum);
  }

  void trace(String line) {
    trace.add(now / MILLIS + " " + line);
    if (trace.size() > 300) {
      trace.removeFirst();
    }
  }

  String recentTrace() {
    return String.join("\n", trace);
  }

  SimNode node(int id) {
    SimNode node = nodes.get(id);
    if (node == null) {
      throw new IllegalArgumentException("no node " + id);
    }
    return node;
  }

  List<SimNode> all() {
    return List.copyOf(nodes.values());
  }

  SimNode any() {
    return new ArrayList<>(nodes.values()).get(random.nextInt(nodes.size()));
  }

  void after(long delay, Runnable action) {
    events.add(new Event(now + delay, order++, action));
  }

  void runFor(long nanos) {
    long end = now + nanos;
    while (!events.isEmpty() && events.peek().at() <= end) {
      ClusterChecks.require(events.size() < 20_000, "message storm: " + events.size());
      Event event = events.poll();
      now = event.at();
      event.action().run();
    }
    now = end;
  }

  long syncDelay() {
    return random.nextInt(3) == 0 ? 0 : random.nextLong(maxSync + 1);
  }

  long nextIncarnation() {
    return nextIncarnation++;
  }

  void send(Message message, long incarnation) {
    if (events.size() > 15_000) trace(message.toString());
    int copies = random.nextDouble() < network.duplicate() ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      if (random.nextDouble() < network.drop()) {
        continue;
      }
      long at = now + 50_000 + random.nextLong(network.maxDelay() + 1);
      if (network.fifo() && i == 0) {
        long link = message.from() * 1000L + message.to();
        at = Math.max(at, linkClock.getOrDefault(link, 0L));
        linkClock.put(link, at);
      }
      after(at - now, () -> deliver(message, incarnation));
    }
  }

  private void deliver(Message message, long incarnation) {
    SimNode to = nodes.get(message.to());
    if (to == null || cut.contains(new Link(message.from(), message.to()))) {
      return;
    }
    if (!to.isUp()) {
      after(MILLIS, () -> node(message.from()).submit(new Input.PeerUnreachable(message.to())));
      return;
    }
    to.submit(new Input.Receive(message, incarnation));
  }

  void sendSnapshot(int from, int to, long term, SimNode.State state, Consumer<Boolean> ended) {
    mark("snapshot sent");
    after(
        20 * MILLIS + random.nextLong(200 * MILLIS),
        () -> {
          SimNode receiver = nodes.get(to);
          boolean lost =
              receiver == null
                  || !receiver.isUp()
                  || cut.contains(new Link(from, to))
                  || random.nextDouble() < network.drop();
          if (!lost) {
            receiver.receiveSnapshot(from, term, state);
          }
          after(random.nextLong(20 * MILLIS), () -> ended.accept(!lost));
        });
  }

  /** Peers notice a crash by their broken connections, most of the time. */
  void connectionsBroke(int id) {
    for (SimNode peer : nodes.values()) {
      if (peer.id != id && random.nextInt(4) != 0) {
        after(random.nextLong(3 * MILLIS), () -> peer.submit(new Input.PeerUnreachable(id)));
      }
    }
  }

  void cut(int from, int to) {
    cut.add(new Link(from, to));
    if (random.nextInt(3) == 0) {
      after(random.nextLong(50 * MILLIS), () -> node(from).submit(new Input.PeerUnreachable(to)));
    }
  }

  void isolate(int id) {
    for (int other : nodes.keySet()) {
      if (other != id) {
        cut(id, other);
        cut(other, id);
      }
    }
  }

  void heal() {
    cut.clear();
  }

  void requireStoredOnQuorum(long index, long term, Membership membership) {
    ClusterChecks.require(
        new Quorum(membership)
            .holds(voter ->
                nodes.containsKey(voter)
                    && node(voter).hasStored(membership.incarnationOf(voter), index, term)),
        "entry " + index + " of term " + term + " committed without being stored by " + membership);
  }

  // --- clients ---

  long propose(SimNode node) {
    long id = nextId++;
    byte[] payload = new byte[8 + random.nextInt(60)];
    java.nio.ByteBuffer.wrap(payload).putLong(id);
    node.submit(new Input.Propose(id, now / MILLIS, payload));
    return id;
  }

  void read(SimNode node, boolean lease) {
    if (node.isUp()) {
      long id = nextId++;
      checks.readBegins(id);
      node.submit(new Input.Read(id, lease));
    }
  }

  private record Asked(long at, Membership target) {}

  private final ArrayDeque<Asked> asked = new ArrayDeque<>();

  /** Changes that may be on their way to a node that is busy or paused. */
  List<Membership> askedLately() {
    while (!asked.isEmpty() && now - asked.peek().at() > 5_000 * MILLIS) {
      asked.remove();
    }
    return asked.stream().map(Asked::target).toList();
  }

  void change(SimNode node, Membership target) {
    asked.add(new Asked(now, target));
    node.submit(new Input.ChangeMembership(nextId++, now / MILLIS, target));
  }

  /** The leader of the highest term among nodes that are up; null when there is none. */
  @Nullable SimNode leader() {
    SimNode best = null;
    for (SimNode node : nodes.values()) {
      if (node.isUp()
          && node.status().role() == Role.LEADER
          && (best == null || node.status().term() > best.status().term())) {
        best = node;
      }
    }
    return best;
  }

  SimNode requireLeader() {
    SimNode leader = leader();
    ClusterChecks.require(leader != null, "no leader\n" + statuses());
    if (leader == null) {
      throw new AssertionError();
    }
    return leader;
  }

  /** Everything works again from here on: the group must, too, within {@code nanos}. */
  void healAndRequireProgress(long nanos) {
    heal();
    network = new Network(0, 0, 2 * MILLIS, true);
    maxSync = 2 * MILLIS;
    for (SimNode node : nodes.values()) {
      if (!node.isUp()) {
        node.start();
      }
    }
    runFor(nanos);
    SimNode leader = requireLeader();
    long term = leader.status().term();
    for (int i = 0; i < 3; i++) {
      propose(leader);
    }
    runFor(2_000 * MILLIS);
    ClusterChecks.require(
        leader() == leader && leader.status().term() == term,
        "the leader changed in a healthy group\n" + recentTrace());
    long end = leader.status().lastIndex();
    Membership members = leader.status().membership();
    ClusterChecks.require(!members.isJoint(), "joint configuration never left");
    ClusterChecks.require(leader.status().commitIndex() == end, "entries never committed");
    for (int member : members.all()) {
      ClusterChecks.require(
          members.incarnationOf(member) == node(member).identity().incarnation()
              && !members.member(member).promote(),
          "n" + member + " was never let in again: " + members + "\n" + recentTrace());
    }
    TreeSet<Integer> behind = new TreeSet<>();
    for (int member : members.all()) {
      if (node(member).state().applied() != end
          || node(member).state().hash() != leader.state().hash()) {
        behind.add(member);
      }
    }
    ClusterChecks.require(
        behind.isEmpty(), "never caught up: " + behind + "\n" + recentTrace() + "\n" + statuses());
  }

  String statuses() {
    StringBuilder text = new StringBuilder();
    for (SimNode node : nodes.values()) {
      text.append(node.status()).append('\n');
    }
    return text.toString();
  }
}
