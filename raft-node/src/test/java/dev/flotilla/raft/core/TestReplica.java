package dev.flotilla.raft.core;

import dev.flotilla.raft.core.Effect.Durability;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/** One core under a test's hands: the test owns the clock, the disk and the peers. */
final class TestReplica {
  static final long MILLIS = 1_000_000L;
  static final RaftOptions OPTIONS = options(false);

  static RaftOptions options(boolean leases) {
    return new RaftOptions(
        50 * MILLIS,
        500 * MILLIS,
        1_000 * MILLIS,
        150 * MILLIS,
        1_000,
        3_000,
        4,
        2_000,
        500,
        1_000 * MILLIS,
        leases,
        100 * MILLIS);
  }

  final int self;
  final FakeLog disk;
  final RaftOptions options;
  RaftCore core;
  long now = 10_000 * MILLIS;
  private final List<Effect> unsynced = new ArrayList<>();

  /** The effects of the last step or steps, until taken. */
  private List<Effect> effects = new ArrayList<>();

  private final ReplicaIdentity identity;
  private final long seed;

  TestReplica(int self, FakeLog disk, RaftOptions options) {
    this(self, disk, options, ReplicaIdentity.NONE, 7);
  }

  TestReplica(int self, FakeLog disk, ReplicaIdentity identity) {
    this(self, disk, OPTIONS, identity, 7);
  }

  private TestReplica(
      int self, FakeLog disk, RaftOptions options, ReplicaIdentity identity, long seed) {
    this.self = self;
    this.disk = disk;
    this.options = options;
    this.identity = identity;
    this.seed = seed;
    core = start(0);
  }

  static TestReplica of(int self, Integer... voters) {
    return new TestReplica(self, FakeLog.ofVoters(voters), OPTIONS);
  }

  /** Node 1 of {1,2,3}, which draws other random numbers than its like. */
  static TestReplica ofSeed(long seed) {
    return new TestReplica(1, FakeLog.ofVoters(1, 2, 3), OPTIONS, ReplicaIdentity.NONE, seed);
  }

  /** A node 1 of {1,2,3} that leads term 1; its no-op is entry 1, in flight and not durable. */
  static TestReplica leaderOfThree() {
    return leaderOfThree(OPTIONS);
  }

  static TestReplica leaderOfThree(RaftOptions options) {
    TestReplica replica = new TestReplica(1, FakeLog.ofVoters(1, 2, 3), options);
    replica.winElection(2);
    return replica;
  }

  /** The same, with the no-op committed and both followers in step. */
  static TestReplica settledLeaderOfThree() {
    return settledLeaderOfThree(OPTIONS);
  }

  static TestReplica settledLeaderOfThree(RaftOptions options) {
    TestReplica replica = leaderOfThree(options);
    replica.sync();
    replica.acknowledge(2, 1);
    replica.acknowledge(3, 1);
    replica.take();
    return replica;
  }

  private RaftCore start(long applied) {
    return new RaftCore(
        self,
        options,
        new SplittableRandom(seed),
        new RaftCore.Recovered(disk.hardState, disk, applied, identity),
        now);
  }

  /** Comes back with what was synced. */
  void restart(long applied) {
    unsynced.clear();
    effects = new ArrayList<>();
    core = start(applied);
  }

  List<Effect> step(Input input) {
    List<Effect> emitted = new ArrayList<>();
    core.step(now, input, emitted::add);
    for (Effect effect : emitted) {
      switch (effect) {
        case Effect.Append append -> unsynced.add(append);
        case Effect.PersistHardState persist -> unsynced.add(persist);
        case Effect.InstallSnapshot install -> unsynced.add(install);
        case Effect.Compacted compacted -> unsynced.add(compacted);
        default -> {}
      }
    }
    effects.addAll(emitted);
    return emitted;
  }

  List<Effect> receive(Message message) {
    return step(new Input.Receive(message));
  }

  List<Effect> receive(Message message, long incarnation) {
    return step(new Input.Receive(message, incarnation));
  }

  List<Effect> tick() {
    return step(new Input.Tick());
  }

  void pass(long millis) {
    now += millis * MILLIS;
  }

  /** Lets time go to the next deadline and ticks. */
  List<Effect> tickAtDeadline() {
    now = Math.max(now, core.nextDeadlineNanos());
    return tick();
  }

  void write() {
    for (Effect write : unsynced) {
      switch (write) {
        case Effect.Append(List<Entry> entries) -> disk.append(entries);
        case Effect.PersistHardState(HardState hardState) -> disk.hardState = hardState;
        case Effect.InstallSnapshot(LogBase base) -> disk.resetTo(base);
        case Effect.Compacted(LogBase base) -> disk.compactTo(base);
        default -> throw new AssertionError();
      }
    }
    unsynced.clear();
  }

  /** Everything emitted is on disk, and the core is told. */
  List<Effect> sync() {
    write();
    List<Effect> emitted = new ArrayList<>(step(new Input.HardStateDurable(disk.hardState)));
    if (disk.lastIndex() > 0) {
      emitted.addAll(step(new Input.LogDurable(disk.lastIndex(), disk.termAt(disk.lastIndex()))));
    }
    return emitted;
  }

  void winElection(int... supporters) {
    tickAtDeadline();
    for (int supporter : supporters) {
      receive(new Message.PreVoteReply(supporter, self, term() + 1, true));
    }
    sync();
    for (int supporter : supporters) {
      receive(new Message.VoteReply(supporter, self, term(), true));
    }
  }

  List<Effect> acknowledge(int peer, long matchIndex) {
    return receive(new Message.AppendReply(peer, self, term(), true, matchIndex, 0, 0, 0));
  }

  List<Effect> propose(int bytes) {
    return step(new Input.Propose(77, 1_234, new byte[bytes]));
  }

  List<Effect> append(int leader, long term, long prev, long prevTerm, long commit, long... terms) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < terms.length; i++) {
      entries.add(entry(prev + 1 + i, terms[i]));
    }
    return receive(new Message.AppendRequest(leader, self, term, prev, prevTerm, commit, entries));
  }

  static Entry entry(long index, long term) {
    return new Entry(index, term, EntryKind.COMMAND, 0, new byte[] {(byte) index, (byte) term});
  }

  static Membership voters(Integer... voters) {
    return Membership.ofVoters(new TreeSet<>(Set.of(voters)));
  }

  /** Takes the effects gathered since the last call. */
  List<Effect> take() {
    List<Effect> taken = effects;
    effects = new ArrayList<>();
    return taken;
  }

  static List<Message> sent(List<Effect> effects) {
    List<Message> messages = new ArrayList<>();
    for (Effect effect : effects) {
      if (effect instanceof Effect.Send(Message message, Durability when)) {
        messages.add(message);
      }
    }
    return messages;
  }

  static <T> List<T> only(List<?> of, Class<T> type) {
    return of.stream().filter(type::isInstance).map(type::cast).toList();
  }

  long term() {
    return status().term();
  }

  CoreStatus status() {
    return core.status(now);
  }

  Role role() {
    return status().role();
  }
}
