package dev.flotilla.raft.core;

import static dev.flotilla.raft.core.ClusterChecks.require;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One simulated node: does for its core what the runtime does, with a disk whose sync takes time
 * and loses what was not synced when the node crashes. While a sync runs the node stands still, as
 * the real loop does.
 */
final class SimNode {

  /** A state machine that remembers a hash of what it applied. */
  record State(long applied, long term, long hash, Membership membership) {}

  final int id;
  private final CoreCluster cluster;
  private final RandomGenerator random;
  private FakeLog disk;

  /** The disk of every replica this node has had, by incarnation; the last is in use. */
  private final TreeMap<Long, FakeLog> disks = new TreeMap<>();

  private ReplicaIdentity identity;
  private final TreeMap<Long, State> snapshots = new TreeMap<>();
  private final Set<HardState> writtenBallots = new HashSet<>();
  private State state;
  private State flushed;

  @Nullable RaftCore core;
  private final ArrayDeque<Input> mailbox = new ArrayDeque<>();
  private final List<Effect> unsynced = new ArrayList<>();
  private final List<Message> held = new ArrayList<>();
  private boolean passScheduled;
  private boolean syncing;
  private boolean applyScheduled;
  private long announced;
  private long pausedUntil = Long.MIN_VALUE;
  private long tickAt = Long.MAX_VALUE;
  private int life;
  private CoreStatus last;
  private @Nullable Membership effective;
  private final TreeMap<Long, Long> logTerms = new TreeMap<>();

  SimNode(int id, CoreCluster cluster, Membership bootstrap, RandomGenerator random) {
    this.id = id;
    this.cluster = cluster;
    this.random = random;
    identity = ReplicaIdentity.of(cluster.nextIncarnation());
    disk = new FakeLog(new LogBase(0, 0, bootstrap));
    disks.put(identity.incarnation(), disk);
    state = new State(0, 0, 0, bootstrap);
    flushed = state;
  }

  /**
   * The node has crashed and lost its disk. It comes back as another replica, either as if the
   * group began only now or, told better, to join it.
   */
  void wipe(Membership bootstrap) {
    require(core == null, "wiped while running");
    identity = new ReplicaIdentity(cluster.nextIncarnation(), bootstrap.isEmpty());
    disk = new FakeLog(new LogBase(0, 0, bootstrap));
    disks.put(identity.incarnation(), disk);
    state = new State(0, 0, 0, bootstrap);
    flushed = state;
    snapshots.clear();
    writtenBallots.clear();
    cluster.mark(bootstrap.isEmpty() ? "wiped, told to join" : "wiped");
    cluster.trace("n" + id + " wiped, now " + identity);
  }

  ReplicaIdentity identity() {
    return identity;
  }

  /** The membership in force by what is on disk. */
  Membership membershipOnDisk() {
    for (long i = disk.lastIndex(); i > disk.base().index(); i--) {
      if (disk.get(i).kind() == EntryKind.MEMBERSHIP) {
        return MembershipCodec.decode(disk.get(i).payload());
      }
    }
    return disk.base().membership();
  }

  /** Whether the disk holds, committed, that members are bound to their replicas. */
  boolean knowsBirth() {
    if (disk.base().membership().isBorn()) {
      return true;
    }
    for (long i = disk.base().index() + 1; i <= disk.lastIndex(); i++) {
      if (disk.get(i).kind() == EntryKind.MEMBERSHIP
          && cluster.checks.isCommitted(i, disk.termAt(i))
          && MembershipCodec.decode(disk.get(i).payload()).isBorn()) {
        return true;
      }
    }
    return false;
  }

  /** Whether the entry was stored by the replica a membership means. */
  boolean hasStored(long bound, long index, long term) {
    if (bound == 0) {
      return disks.values().stream().anyMatch(each -> each.holds(index, term));
    }
    FakeLog meant = disks.get(bound);
    return meant != null && meant.holds(index, term);
  }

  boolean isUp() {
    return core != null;
  }

  State state() {
    return state;
  }

  CoreStatus status() {
    return last;
  }

  /** The term of an entry in the core's own view of its log. */
  long coreTermAt(long index) {
    return logTerms.getOrDefault(index, -1L);
  }

  void start() {
    life++;
    state = flushed;
    if (disk.base().index() > state.applied()) {
      State snapshot = snapshots.get(disk.base().index());
      require(snapshot != null, "no snapshot for the base of n" + id);
      state = snapshot;
      flushed = snapshot;
    }
    announced = state.applied();
    logTerms.clear();
    for (long i = disk.base().index() + 1; i <= disk.lastIndex(); i++) {
      logTerms.put(i, disk.termAt(i));
    }
    RaftCore started =
        new RaftCore(
            id,
            cluster.options,
            random,
            new RaftCore.Recovered(disk.hardState, disk, state.applied(), identity),
            cluster.now());
    core = started;
    last = started.status(cluster.now());
    effective = last.membership();
    tickAt = Long.MAX_VALUE;
    armTick();
  }

  /**
   * Loses everything but what was synced and, perhaps, a part of what was on its way to the disk.
   */
  void crash() {
    core = null;
    life++;
    int survives = unsynced.isEmpty() ? 0 : random.nextInt(unsynced.size() + 1);
    for (Effect write : unsynced.subList(0, survives)) {
      writeToDisk(write);
    }
    unsynced.clear();
    held.clear();
    mailbox.clear();
    passScheduled = false;
    syncing = false;
    applyScheduled = false;
    pausedUntil = Long.MIN_VALUE;
    cluster.connectionsBroke(id);
  }

  void pause(long nanos) {
    pausedUntil = cluster.now() + nanos;
  }

  void submit(Input input) {
    if (core == null) {
      return;
    }
    mailbox.add(input);
    schedulePass(0);
  }

  private void schedulePass(long delay) {
    if (!passScheduled) {
      passScheduled = true;
      cluster.after(delay, mine(this::pass));
    }
  }

  /** An event of this life only. */
  private Runnable mine(Runnable action) {
    int scheduledIn = life;
    return () -> {
      if (life == scheduledIn) {
        action.run();
      }
    };
  }

  private void pass() {
    passScheduled = false;
    if (syncing) {
      return; // the sync's end starts the next pass
    }
    if (cluster.now() < pausedUntil) {
      schedulePass(pausedUntil - cluster.now());
      return;
    }
    int inputs = mailbox.size();
    for (int i = 0; i < inputs; i++) {
      step(mailbox.removeFirst());
    }
    settle();
  }

  private void settle() {
    if (unsynced.isEmpty()) {
      release();
      if (!mailbox.isEmpty()) {
        schedulePass(0);
      }
      return;
    }
    syncing = true;
    cluster.after(cluster.syncDelay(), mine(this::synced));
  }

  private void synced() {
    boolean appended = false;
    boolean voted = false;
    for (Effect write : unsynced) {
      appended |= !(write instanceof Effect.PersistHardState);
      voted |= write instanceof Effect.PersistHardState;
      writeToDisk(write);
      if (write instanceof Effect.InstallSnapshot(LogBase base)) {
        State snapshot = snapshots.get(base.index());
        require(snapshot != null, "snapshot vanished");
        state = snapshot;
        flushed = snapshot;
        announced = Math.max(announced, base.index());
      }
    }
    unsynced.clear();
    syncing = false;
    release();
    if (voted) {
      step(new Input.HardStateDurable(disk.hardState));
    }
    if (appended) {
      step(new Input.LogDurable(disk.lastIndex(), disk.termAt(disk.lastIndex())));
    }
    settle();
  }

  private void release() {
    List<Message> due = List.copyOf(held);
    held.clear();
    for (Message message : due) {
      send(message);
    }
  }

  private void writeToDisk(Effect write) {
    switch (write) {
      case Effect.Append(List<Entry> entries) -> {
        if (disk.append(entries) > 0) {
          cluster.mark("tail replaced");
        }
      }
      case Effect.PersistHardState(HardState hardState) -> {
        require(hardState.term() >= disk.hardState.term(), "durable term went back on n" + id);
        if (hardState.term() == disk.hardState.term() && disk.hardState.vote() != 0) {
          require(hardState.vote() == disk.hardState.vote(), "durable vote changed on n" + id);
        }
        disk.hardState = hardState;
        writtenBallots.add(hardState);
      }
      case Effect.InstallSnapshot(LogBase base) -> {
        cluster.mark("snapshot installed");
        if (disk.lastIndex() > base.index()) {
          cluster.mark("snapshot over a longer log");
        }
        disk.resetTo(base);
      }
      case Effect.Compacted(LogBase base) -> {
        cluster.mark("log compacted");
        disk.compactTo(base);
      }
      default -> throw new AssertionError("no write: " + write);
    }
  }

  private void step(Input input) {
    RaftCore running = core;
    if (running == null) {
      return;
    }
    try {
      running.step(cluster.now(), input, this::onEffect);
    } catch (RuntimeException e) {
      throw new AssertionError("n" + id + " stopped at " + input, e);
    }
    observe(running);
    armTick();
  }

  private void observe(RaftCore running) {
    CoreStatus now = running.status(cluster.now());
    require(now.term() >= last.term(), "term went back");
    require(now.commitIndex() >= last.commitIndex(), "commit went back");
    if (now.role() == Role.LEADER) {
      cluster.checks.leads(this, now);
    }
    for (long i = Math.max(last.commitIndex(), now.base().index()) + 1;
        i <= now.commitIndex();
        i++) {
      cluster.checks.committedAt(this, i, coreTermAt(i), now.term());
      if (now.role() == Role.LEADER) {
        // A commit may be followed by a change of members in the same step.
        cluster.requireStoredOnQuorum(i, coreTermAt(i), last.membership());
      }
    }
    last = now;
  }

  private void onEffect(Effect effect) {
    switch (effect) {
      case Effect.Append(List<Entry> entries) -> {
        for (Entry entry : entries) {
          logTerms.tailMap(entry.index(), true).clear();
          LogBase base = disk.base();
          long previous =
              logTerms.getOrDefault(
                  entry.index() - 1, entry.index() - 1 == base.index() ? base.term() : -1L);
          logTerms.put(entry.index(), entry.term());
          if (previous >= 0) {
            cluster.checks.appended(entry, previous);
          }
        }
        unsynced.add(effect);
      }
      case Effect.PersistHardState persist -> unsynced.add(persist);
      case Effect.InstallSnapshot install -> {
        logTerms.clear();
        unsynced.add(install);
      }
      case Effect.Compacted compacted -> {
        logTerms.headMap(compacted.base().index(), true).clear();
        unsynced.add(compacted);
      }
      case Effect.Send(Message message, Effect.Durability when) -> {
        requireWritesBefore(message);
        if (when == Effect.Durability.IMMEDIATE) {
          send(message);
        } else {
          held.add(message);
        }
      }
      case Effect.ApplyUpTo(long index) -> {
        announced = index;
        scheduleApply();
      }
      case Effect.ReadReady(long readId, long index, long leaseEnd) -> {
        cluster.mark(leaseEnd == Long.MAX_VALUE ? "read by quorum" : "read on lease");
        require(leaseEnd > cluster.now(), "read served on a lease that is over");
        cluster.checks.readServed(readId, index);
      }
      case Effect.ReadRefused(long readId, Effect.Refusal reason) ->
          cluster.checks.readRefused(readId);
      case Effect.ProposalAccepted accepted -> cluster.mark("proposal accepted");
      case Effect.ProposalRefused refused -> cluster.mark("refused " + refused.reason());
      case Effect.SnapshotNeeded(int peer) -> sendSnapshot(peer);
      case Effect.RoleChanged changed -> cluster.trace("n" + id + " " + changed);
      case Effect.TransferEnded ended ->
          cluster.mark(ended.newLeader() == 0 ? "transfer given up" : "transfer done");
      case Effect.StrangerHeard heard -> cluster.mark("stranger heard");
      case Effect.RemovalLearned learned -> cluster.mark("removal learned");
      case Effect.MembershipChanged changed -> {
        markSteps(changed.membership());
        effective = changed.membership();
        cluster.mark(changed.membership().isJoint() ? "joint entered" : "membership changed");
        cluster.trace("n" + id + " " + changed);
      }
    }
  }

  /** A message comes after the writes it depends on, else AFTER_DURABLE would not cover them. */
  private void requireWritesBefore(Message message) {
    HardState emitted = disk.hardState;
    long end = disk.lastIndex();
    for (Effect write : unsynced) {
      switch (write) {
        case Effect.PersistHardState(HardState hardState) -> emitted = hardState;
        case Effect.Append(List<Entry> entries) -> end = entries.getLast().index();
        case Effect.InstallSnapshot(LogBase base) -> end = base.index();
        default -> {}
      }
    }
    boolean covered =
        switch (message) {
          case Message.VoteReply reply ->
              !reply.granted() || emitted.equals(new HardState(reply.term(), reply.to()));
          case Message.VoteRequest request -> emitted.equals(new HardState(request.term(), id));
          case Message.AppendReply reply -> !reply.success() || end >= reply.matchIndex();
          case Message.PreVoteRequest request -> emitted.term() == request.term() - 1;
          case Message.PreVoteReply reply -> reply.granted() || emitted.term() == reply.term();
          default -> emitted.term() == message.term();
        };
    require(covered, "emitted ahead of its write: " + message);
  }

  /** Nothing that needed the disk may leave before it is there (H10, H11, H13, H27). */
  private void send(Message message) {
    HardState durable = disk.hardState;
    switch (message) {
      case Message.VoteReply reply -> {
        if (reply.granted()) {
          require(wasWritten(reply.term(), reply.to()), "vote sent before its write");
          cluster.checks.voted(id, identity.incarnation(), reply.term(), reply.to());
        }
      }
      case Message.VoteRequest request -> {
        require(wasWritten(request.term(), id), "vote request before its write");
        cluster.checks.voted(id, identity.incarnation(), request.term(), id);
      }
      case Message.AppendReply reply ->
          require(
              // An answer may leave after a later leader's entries have replaced what it answers
              // for, as if it had
              // left in between.
              !reply.success()
                  || durable.term() > reply.term()
                  || disk.lastIndex() >= reply.matchIndex(),
              "ack before its write");
      case Message.AppendRequest request ->
          require(wasWritten(request.term(), id), "append by no leader");
      case Message.Heartbeat heartbeat ->
          require(wasWritten(heartbeat.term(), id), "heartbeat by no leader");
      case Message.PreVoteRequest request ->
          require(request.term() <= durable.term() + 1, "pre-vote from a term not written");
      case Message.PreVoteReply reply -> {}
      case Message.HeartbeatReply reply ->
          require(durable.term() >= reply.term(), "term revealed before its write");
      case Message.TimeoutNow request -> {}
    }
    cluster.send(message, identity.incarnation());
  }

  /**
   * The log of hard states is ordered: what was written once has been on disk, whatever followed.
   */
  private boolean wasWritten(long term, int vote) {
    return writtenBallots.contains(new HardState(term, vote));
  }

  /** What a leader did by itself. */
  private void markSteps(Membership next) {
    Membership before = effective;
    if (before == null || last.role() != Role.LEADER || !next.isJoint() || before.isJoint()) {
      return;
    }
    for (int node : next.all()) {
      Member member = next.member(node);
      if (next.learnersNext().contains(node)
          && member.incarnation() != before.incarnationOf(node)) {
        cluster.mark("made a learner");
      }
      if (before.isLearner(node) && before.member(node).promote() && next.isVoter(node)) {
        cluster.mark("learner promoted");
        int replaced = before.member(node).replaces();
        if (before.isVoter(replaced) && !next.voters().contains(replaced)) {
          cluster.mark("node replaced");
        }
      }
    }
  }

  private void scheduleApply() {
    if (!applyScheduled) {
      applyScheduled = true;
      cluster.after(random.nextLong(5 * CoreCluster.MILLIS), mine(this::apply));
    }
  }

  private void apply() {
    applyScheduled = false;
    RaftCore running = core;
    if (running == null || syncing) {
      if (running != null) {
        scheduleApply();
      }
      return;
    }
    while (state.applied() < announced) {
      for (Entry entry : running.entries(state.applied() + 1, announced, 300)) {
        Membership membership =
            entry.kind() == EntryKind.MEMBERSHIP
                ? MembershipCodec.decode(entry.payload())
                : state.membership();
        long hash = 31 * state.hash() + 7 * entry.term() + Arrays.hashCode(entry.payload());
        state = new State(entry.index(), entry.term(), hash, membership);
        cluster.checks.applied(state.applied(), hash);
      }
    }
    submit(new Input.Applied(state.applied()));
  }

  /** Makes the state durable and lets the log go up to there, or a part of it. */
  void flushAndCompact() {
    if (core != null) {
      flushed = state;
      if (state.applied() > 0) {
        submit(new Input.Compact(state.applied() - random.nextLong(Math.min(6, state.applied()))));
      }
    }
  }

  private void sendSnapshot(int peer) {
    State sent = state;
    long term = last.term();
    cluster.sendSnapshot(
        id,
        peer,
        term,
        sent,
        success -> submit(new Input.SnapshotSent(peer, success, sent.applied())));
  }

  void receiveSnapshot(int from, long term, State snapshot) {
    snapshots.put(snapshot.applied(), snapshot);
    submit(
        new Input.SnapshotReceived(
            from, term, new LogBase(snapshot.applied(), snapshot.term(), snapshot.membership())));
  }

  private void armTick() {
    RaftCore running = core;
    if (running == null) {
      return;
    }
    long due = running.nextDeadlineNanos();
    if (due != tickAt) {
      tickAt = due;
      if (due != Long.MAX_VALUE) {
        cluster.after(
            Math.max(0, due - cluster.now()),
            mine(() -> {
              if (tickAt == due) {
                tickAt = Long.MIN_VALUE;
                submit(new Input.Tick());
              }
            }));
      }
    }
  }
}
