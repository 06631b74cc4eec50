package dev.flotilla.raft.core;

import dev.flotilla.raft.core.Effect.Refusal;
import dev.flotilla.raft.core.Message.AppendReply;
import dev.flotilla.raft.core.Message.AppendRequest;
import dev.flotilla.raft.core.Message.Heartbeat;
import dev.flotilla.raft.core.Message.HeartbeatReply;
import dev.flotilla.raft.core.Message.PreVoteReply;
import dev.flotilla.raft.core.Message.PreVoteRequest;
import dev.flotilla.raft.core.Message.TimeoutNow;
import dev.flotilla.raft.core.Message.VoteReply;
import dev.flotilla.raft.core.Message.VoteRequest;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.random.RandomGenerator;

/**
 * One replica of one group. Single-threaded; see the package description.
 *
 * <p>This class only tells inputs apart, compares terms (thesis 3.3) and joins the topics, each of
 * which has a class of its own. When a step throws, something happened that the algorithm excludes,
 * or the disk failed: the replica answers every later step with an exception too, and its node must
 * stop.
 */
public final class RaftCore {

  /** Bytes of log looked at in one go while a replica starts. */
  private static final long RECOVERY_PAGE_BYTES = 1 << 20;

  /**
   * A replica as its disk remembers it: all of it synced, the log's tail included.
   *
   * @param applied what the state machine's durable state covers; when the log's base lies above
   *     it, the snapshot of that base must be installed before anything is applied
   * @param identity which replica of its node this is
   */
  public record Recovered(
      HardState hardState, LogReader log, long applied, ReplicaIdentity identity) {
    /** Where nobody keeps identities. */
    public Recovered(HardState hardState, LogReader log, long applied) {
      this(hardState, log, applied, ReplicaIdentity.NONE);
    }
  }

  private final ReplicaState replica;
  private final Roles roles;
  private final Followers followers;
  private final Rounds rounds;
  private final SnapshotDecision snapshots;
  private final Replication replication;
  private final LeadershipTransfer transfer;
  private final ReadIndex reads;
  private final Election election;
  private final Following following;
  private final ConfigChange configChange;
  private final MemberUpkeep upkeep;
  private final Strangers strangers;
  private final Invariants invariants;
  private final Announcements announcements;

  private long lastStepNanos;
  private boolean stopped;

  /**
   * @throws IllegalStateException when the parts of the recovered state contradict each other: then
   *     this replica has lost something it may have promised, and must not vote or serve
   * @throws java.io.UncheckedIOException when the log cannot be read
   */
  public RaftCore(
      int self, RaftOptions options, RandomGenerator random, Recovered recovered, long nowNanos) {
    EntryLog log = new EntryLog(recovered.log(), options.maxCachedBytes());
    MembershipHistory memberships = new MembershipHistory(log.base());
    readThrough(recovered.log(), log, memberships);
    if (recovered.applied() > log.lastIndex()) {
      throw new IllegalStateException(
          "the state machine covers "
              + recovered.applied()
              + " but the log ends at "
              + log.lastIndex()
              + ": a part of the log is missing");
    }
    if (recovered.hardState().term() < log.lastTerm()) {
      throw new IllegalStateException(
          "the log ends in term "
              + log.lastTerm()
              + " but the last term remembered is "
              + recovered.hardState().term());
    }
    Commitment commitment = new Commitment(Math.max(log.base().index(), recovered.applied()));
    replica =
        new ReplicaState(
            self,
            recovered.identity(),
            options,
            random,
            new Ballot(recovered.hardState()),
            log,
            memberships,
            commitment,
            nowNanos);
    roles = new Roles();
    followers = new Followers(replica);
    rounds = new Rounds(replica, followers);
    snapshots = new SnapshotDecision(replica, followers);
    replication = new Replication(replica, followers, rounds, snapshots);
    transfer = new LeadershipTransfer(replica, followers);
    reads = new ReadIndex(replica, rounds, transfer);
    election = new Election(replica, roles);
    following = new Following(replica, election, roles);
    configChange = new ConfigChange(replica, followers, rounds, replication, transfer, roles);
    upkeep = new MemberUpkeep(replica, followers, transfer, configChange);
    strangers = new Strangers(replica, followers);
    replica.role = passiveRole();
    announcements = new Announcements(replica);
    invariants = new Invariants(replica, followers);
    lastStepNanos = nowNanos;
  }

  private static void readThrough(LogReader stored, EntryLog log, MembershipHistory memberships) {
    long next = log.base().index() + 1;
    while (next <= log.lastIndex()) {
      for (Entry entry : stored.read(next, log.lastIndex(), RECOVERY_PAGE_BYTES)) {
        if (entry.index() != next) {
          throw new IllegalStateException("log holds entry " + entry.index() + " at " + next);
        }
        log.recover(entry);
        if (entry.kind() == EntryKind.MEMBERSHIP) {
          memberships.append(next, MembershipCodec.decode(entry.payload()));
        }
        next++;
      }
    }
  }

  /** Handles one input at time {@code nowNanos} (monotonic, never going back). */
  public void step(long nowNanos, Input input, Effects effects) {
    if (stopped) {
      throw new IllegalStateException("this replica stopped at an earlier failure");
    }
    if (nowNanos < lastStepNanos) {
      throw new IllegalArgumentException(
          "time went back from " + lastStepNanos + " to " + nowNanos);
    }
    stopped = true; // until the step has come to its end
    replica.out.open(effects);
    replica.nowNanos = nowNanos;
    noticePause();
    handle(input);
    replica.out.writeBallot();
    replica.commitment.announce(replica.log, replica.out);
    refreshPassiveRole();
    announcements.announceChanges();
    invariants.check();
    replica.out.close();
    lastStepNanos = nowNanos;
    stopped = false;
  }

  /** See {@link Rounds} for what a pause does to a leader (H28). */
  private void noticePause() {
    if (replica.isLeader()
        && !followers.all().isEmpty()
        && replica.nowNanos - lastStepNanos > replica.options.electionTimeoutMinNanos()) {
      rounds.afterPause();
      reads.startRound();
    }
  }

  private void handle(Input input) {
    switch (input) {
      case Input.Tick() -> tick();
      case Input.Receive(Message message, long incarnation) -> receive(message, incarnation);
      case Input.Propose propose -> propose(propose);
      case Input.Read read -> read(read);
      case Input.TransferLeadership(int target) -> transfer.start(target);
      case Input.ChangeMembership change -> configChange.change(change);
      case Input.HardStateDurable(HardState hardState) -> election.onHardStateDurable(hardState);
      case Input.LogDurable(long index, long term) -> logDurable(index, term);
      case Input.Applied(long index) -> replica.commitment.applied(index);
      case Input.Compact(long index) -> snapshots.compact(index);
      case Input.SnapshotReceived received -> snapshotReceived(received);
      case Input.SnapshotSent sent -> snapshotSent(sent);
      case Input.PeerUnreachable(int peer) -> peerUnreachable(peer);
    }
  }

  private void tick() {
    transfer.tick();
    if (!replica.isLeader()) {
      election.tick();
      return;
    }
    if (followers.all().isEmpty() || !rounds.heartbeatDue()) {
      return;
    }
    if (rounds.quorumLost()) {
      roles.toFollower(replica.term(), 0);
      return;
    }
    rounds.scheduleNextHeartbeat();
    reads.startRound();
    transfer.onHeartbeat();
    snapshots.compactNow();
    upkeep.advance();
  }

  private void propose(Input.Propose input) {
    Refusal refusal = null;
    if (!replica.isLeader()) {
      refusal = Refusal.NOT_LEADER;
    } else if (transfer.isUnderWay()) {
      refusal = Refusal.TRANSFERRING;
    } else if (!replication.hasRoomFor(input.payload())) {
      refusal = Refusal.OVERLOADED;
    }
    if (refusal != null) {
      replica.out.emit(new Effect.ProposalRefused(input.proposalId(), refusal));
      return;
    }
    Entry entry = replication.append(EntryKind.COMMAND, input.stampMillis(), input.payload());
    replica.out.emit(new Effect.ProposalAccepted(input.proposalId(), entry.index(), entry.term()));
    replication.broadcast();
  }

  private void read(Input.Read input) {
    if (replica.isLeader()) {
      reads.read(input.readId(), input.lease());
    } else {
      replica.out.emit(new Effect.ReadRefused(input.readId(), Refusal.NOT_LEADER));
    }
  }

  private void logDurable(long index, long term) {
    if (replica.log.madeDurable(index, term) && replica.isLeader()) {
      commit();
    }
  }

  private void commit() {
    if (replication.commitByQuorum()) {
      reads.onCommit();
      configChange.onCommit();
      if (replica.isLeader()) {
        upkeep.advance();
      }
    }
  }

  private void snapshotReceived(Input.SnapshotReceived received) {
    if (received.term() > replica.term()) {
      roles.toFollower(received.term(), 0);
    }
    if (!replica.isLeader()) {
      following.onSnapshot(received.from(), received.base());
    }
  }

  private void snapshotSent(Input.SnapshotSent sent) {
    Progress progress = followers.find(sent.peer());
    if (progress != null) {
      snapshots.sent(progress, sent.success(), sent.index(), rounds.current());
    }
  }

  private void peerUnreachable(int peer) {
    Progress progress = followers.find(peer);
    if (progress != null) {
      replication.onUnreachable(progress);
    } else if (peer == replica.leader) {
      election.onLeaderUnreachable();
    }
  }

  /** Compares terms before anything else is looked at (thesis 3.3). */
  private void receive(Message message, long incarnation) {
    if (message.to() != replica.self || message.from() == replica.self) {
      return; // not for us: a replica that was given another node's address
    }
    // Requests are handled whoever sends them, as with any node outside the membership (thesis
    // 4.1): they are judged by term and log, and a member that was away may have to be led by
    // replicas it has not heard of. Answers count only from the replica a member is bound to.
    boolean member = strangers.admits(message.from(), incarnation);
    switch (message) {
      case PreVoteRequest request -> election.onPreVoteRequest(request);
      case PreVoteReply reply -> election.onPreVoteReply(reply, incarnation);
      case VoteRequest request -> {
        if (request.term() > replica.term()) {
          if (election.ignores(request)) {
            return;
          }
          roles.toFollower(request.term(), 0);
        }
        if (request.term() == replica.term()) {
          election.onVoteRequest(request);
        } else {
          election.refuseStale(request);
        }
      }
      case AppendRequest request -> {
        if (admitsFromLeader(request)) {
          following.onAppend(request);
        }
      }
      case Heartbeat heartbeat -> {
        if (admitsFromLeader(heartbeat)) {
          following.onHeartbeat(heartbeat);
        }
      }
      case TimeoutNow request -> {
        if (request.term() == replica.term()) {
          election.onTimeoutNow(request);
        }
      }
      case VoteReply reply -> {
        if (admitsReply(reply)) {
          election.onVoteReply(reply, incarnation);
        }
      }
      case AppendReply reply -> {
        if (admitsReply(reply) && member) {
          appendReply(reply);
        }
      }
      case HeartbeatReply reply -> {
        if (admitsReply(reply) && member) {
          heartbeatReply(reply);
        }
      }
    }
  }

  private boolean admitsFromLeader(Message message) {
    if (message.term() < replica.term()) {
      following.answerStaleLeader(message);
      return false;
    }
    if (message.term() > replica.term()) {
      roles.toFollower(message.term(), message.from());
    }
    return true;
  }

  /**
   * An answer to what we sent in an earlier term says nothing about this one (H18). One of a later
   * term tells that ours is over, unless it comes from a replica that was removed: it may have
   * campaigned when it was cut off, and nobody who counts follows it (H49).
   */
  private boolean admitsReply(Message reply) {
    if (reply.term() > replica.term()) {
      if (replica.isRemoved(reply.from())) {
        return false;
      }
      roles.toFollower(reply.term(), 0);
    }
    return reply.term() == replica.term();
  }

  private void appendReply(AppendReply reply) {
    Progress progress = followers.find(reply.from());
    if (progress == null) {
      return;
    }
    replication.onAppendReply(progress, reply);
    commit();
    goOnWith(progress);
  }

  private void heartbeatReply(HeartbeatReply reply) {
    Progress progress = followers.find(reply.from());
    if (progress == null) {
      return;
    }
    rounds.answered(progress, reply.round());
    replication.onRoundAnswered(progress, reply.round());
    reads.serveConfirmed();
    goOnWith(progress);
  }

  private void goOnWith(Progress progress) {
    if (replica.isLeader()) {
      replication.sendTo(progress);
      transfer.onMatched(progress);
    }
  }

  private Role passiveRole() {
    return replica.mayCampaign() ? Role.FOLLOWER : Role.LEARNER;
  }

  private void refreshPassiveRole() {
    if (replica.role == Role.FOLLOWER || replica.role == Role.LEARNER) {
      replica.role = passiveRole();
    }
  }

  /** The transitions between roles, with all that begins and ends at them. */
  private final class Roles implements RoleChange {
    @Override
    public void toFollower(long term, int leader) {
      boolean led = replica.isLeader();
      if (term > replica.term()) {
        replica.ballot.advanceTo(term);
        election.newTerm();
      }
      replica.role = passiveRole();
      replica.leader = leader;
      election.campaignEnded();
      if (led) {
        // From here on no message of the old term leaves (H16).
        reads.refuseAll(Refusal.NOT_LEADER);
        transfer.leadershipLost();
        followers.stop();
        election.leadershipLost();
      }
      if (leader != 0) {
        transfer.leaderKnown(leader);
      }
    }

    @Override
    public void toPreCandidate() {
      election.campaignEnded();
      replica.role = Role.PRE_CANDIDATE;
      replica.leader =
          0; // else it would refuse others for the sake of a leader it has given up (H15)
    }

    @Override
    public void toCandidate() {
      election.campaignEnded();
      replica.ballot.advanceTo(replica.term() + 1);
      election.newTerm();
      replica.ballot.voteFor(replica.self);
      replica.role = Role.CANDIDATE;
      replica.leader = 0;
    }

    @Override
    public void toLeader() {
      election.campaignEnded();
      replica.role = Role.LEADER;
      replica.leader = replica.self;
      followers.start();
      rounds.start();
      configChange.start();
      upkeep.start();
      replication.start();
      transfer.leaderKnown(replica.self);
    }
  }

  /**
   * When the next Tick is needed at the latest; {@link Long#MAX_VALUE} for never. A leader of one
   * and a learner without a leader need none.
   */
  public long nextDeadlineNanos() {
    long deadline = transfer.deadlineNanos();
    if (!replica.isLeader()) {
      return Math.min(deadline, election.deadlineNanos());
    }
    return followers.all().isEmpty() ? deadline : Math.min(deadline, rounds.nextHeartbeatNanos());
  }

  /**
   * Entries {@code from..to}, both within what {@link Effect.ApplyUpTo} announced: at least one,
   * and as many more as fit into {@code maxBytes}.
   *
   * @throws IllegalStateException when they are not in the log (any more)
   * @throws java.io.UncheckedIOException when the disk fails or a record is damaged
   */
  public List<Entry> entries(long from, long to, long maxBytes) {
    if (to > replica.commitment.announcedIndex()) {
      throw new IllegalStateException(
          "entries up to "
              + to
              + " asked for, announced are "
              + replica.commitment.announcedIndex());
    }
    return replica.log.slice(from, to, maxBytes);
  }

  /**
   * Everyone this replica has to do with: the members in force and, until that is committed, those
   * of the memberships before.
   */
  public SortedMap<Integer, Member> contacts() {
    return replica.memberships.membersSince(replica.commitment.index());
  }

  public CoreStatus status(long nowNanos) {
    EntryLog log = replica.log;
    long membershipIndex = Math.max(replica.memberships.effectiveIndex(), log.base().index());
    List<CoreStatus.PeerStatus> peers =
        followers.all().stream()
            .map(progress ->
                new CoreStatus.PeerStatus(
                    progress.node,
                    progress.state.name().toLowerCase(Locale.ROOT),
                    progress.matchIndex,
                    progress.nextIndex,
                    nowNanos - progress.lastContactNanos,
                    progress.stranger,
                    upkeep.isFit(progress.node)))
            .toList();
    return new CoreStatus(
        replica.role,
        replica.term(),
        replica.ballot.vote(),
        replica.leader,
        replica.commitment.index(),
        replica.commitment.appliedIndex(),
        log.durableIndex(),
        log.base(),
        log.lastIndex(),
        log.lastTerm(),
        replica.isLeader() ? 0 : election.sinceLeaderContactNanos(nowNanos),
        reads.leaseEndNanos(),
        replica.memberships.effective(),
        membershipIndex,
        log.termAt(membershipIndex),
        membershipIndex <= replica.commitment.index() && !replica.memberships.effective().isJoint(),
        replica.standing(),
        replica.identity.incarnation(),
        strangers.ignored(),
        peers,
        election.campaigns(),
        transfer.isUnderWay());
  }
}
