package dev.flotilla.raft.core;

import dev.flotilla.raft.core.Message.PreVoteReply;
import dev.flotilla.raft.core.Message.PreVoteRequest;
import dev.flotilla.raft.core.Message.TimeoutNow;
import dev.flotilla.raft.core.Message.VoteReply;
import dev.flotilla.raft.core.Message.VoteRequest;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Elections (thesis 3.4, 3.6.1) with pre-vote (9.6) and loyalty to a living leader (4.2.3).
 *
 * <p>A follower that misses its leader first asks whether it could win; only a quorum that misses
 * the leader too, and has no longer log, lets it raise its term. So a replica that was cut off,
 * paused or removed (H49) comes back without disturbing anyone.
 *
 * <p>Why nothing deadlocks although requests are refused (H15): a pre-candidate forgets its old
 * leader; every refusal carries the refuser's term, and a higher one is adopted; a leader of a
 * lower term is always answered with the higher one, so that a candidate stuck in a term of its own
 * brings the leader down and itself back.
 *
 * <p><b>The first election</b> of a group takes the votes of all its voters, since an empty log may
 * be a new one or a lost one, see {@link ReplicaState#needsAllVotes}.
 *
 * <p><b>Leases and loyalty.</b> With lease reads a leader relies on its followers electing nobody
 * for {@code electionTimeoutMin} after they heard from it. The promise then binds whatever happens:
 * it outlives a broken connection (which does not prove the leader dead), an advance of the term,
 * and the follower's own restart. Without lease reads it is a matter of liveness only, and a broken
 * connection to the leader ends it at once.
 */
final class Election {
  private final ReplicaState replica;
  private final RoleChange roles;

  /** When this replica loses patience; means something unless it leads. */
  private long deadlineNanos;

  /** When the leader of the current term, or of an earlier one, was last heard. */
  private long leaderContactNanos;

  /** The connection to the current leader broke and nothing was heard from it since. */
  private boolean leaderLost;

  /** Waits are short until then: the leader was lost for certain, not merely missed. */
  private long hastyUntilNanos = Progress.NEVER;

  /** A deadline that was noticed far too late has been put off; once, until a leader is heard. */
  private boolean overslept;

  /** The campaign under way; present exactly while PRE_CANDIDATE or CANDIDATE. */
  private @Nullable VoteTally tally;

  /** Real campaigns (not pre-votes) since start. */
  private long campaigns;

  Election(ReplicaState replica, RoleChange roles) {
    this.replica = replica;
    this.roles = roles;
    long now = replica.nowNanos;
    RaftOptions options = replica.options;
    if (options.leaseReads()) {
      leaderContactNanos = now;
      await(drawTimeout());
    } else {
      leaderContactNanos = Progress.NEVER;
      // Nothing is known of a leader. A living one is heard within a heartbeat, and pre-vote
      // protects it.
      await(draw(options.heartbeatNanos(), options.electionTimeoutMinNanos()));
    }
    if (replica.quorum().isAlone(replica.self)) {
      deadlineNanos = now; // nobody to wait for
    }
  }

  long deadlineNanos() {
    return replica.mayCampaign() ? deadlineNanos : Long.MAX_VALUE;
  }

  long campaigns() {
    return campaigns;
  }

  long sinceLeaderContactNanos(long nowNanos) {
    return leaderContactNanos == Progress.NEVER ? Long.MAX_VALUE : nowNanos - leaderContactNanos;
  }

  void heardFromLeader() {
    leaderContactNanos = replica.nowNanos;
    leaderLost = false;
    overslept = false;
    hastyUntilNanos = Progress.NEVER;
    await(drawTimeout());
  }

  /** Leadership ended: wait for another leader like everyone else. */
  void leadershipLost() {
    await(drawTimeout());
  }

  void campaignEnded() {
    tally = null;
  }

  void newTerm() {
    leaderLost = false;
  }

  /** The connection to the leader broke: it is probably dead, so look for another one soon. */
  void onLeaderUnreachable() {
    if (leaderLost) {
      return;
    }
    leaderLost = true;
    hastyUntilNanos = replica.nowNanos + replica.options.electionTimeoutMaxNanos();
    deadlineNanos =
        Math.min(
            deadlineNanos,
            bound(replica.nowNanos + draw(0, replica.options.leaderLostElectionNanos())));
  }

  void tick() {
    if (replica.nowNanos < deadlineNanos || !replica.mayCampaign()) {
      return;
    }
    long late = replica.nowNanos - deadlineNanos;
    if (replica.role == Role.FOLLOWER
        && late > replica.options.electionTimeoutMinNanos()
        && !overslept) {
      // The process slept, not the leader (H28): hear first what waits in the mailbox.
      overslept = true;
      await(replica.options.heartbeatNanos());
      return;
    }
    startPreVote();
  }

  private void startPreVote() {
    roles.toPreCandidate();
    VoteTally answers = new VoteTally(replica.quorum(), replica.needsAllVotes());
    answers.record(replica.self, true);
    tally = answers;
    await(drawRetry());
    long lastIndex = replica.log.lastIndex();
    long lastTerm = replica.log.lastTerm();
    for (int voter : otherVoters()) {
      replica.out.sendWhenDurable(
          new PreVoteRequest(replica.self, voter, replica.term() + 1, lastIndex, lastTerm));
    }
    resolve(answers);
  }

  private void campaign(boolean leadershipTransfer) {
    roles.toCandidate();
    campaigns++;
    VoteTally answers = new VoteTally(replica.quorum(), replica.needsAllVotes());
    tally = answers;
    await(drawRetry());
    long lastIndex = replica.log.lastIndex();
    long lastTerm = replica.log.lastTerm();
    for (int voter : otherVoters()) {
      replica.out.sendWhenDurable(
          new VoteRequest(
              replica.self, voter, replica.term(), lastIndex, lastTerm, leadershipTransfer));
    }
    // The vote for itself is recorded when it is on disk.
  }

  private void resolve(VoteTally answers) {
    switch (answers.outcome()) {
      case PENDING -> {}
      case LOST -> roles.toFollower(replica.term(), 0);
      case WON -> {
        if (replica.role == Role.PRE_CANDIDATE) {
          campaign(false);
        } else {
          roles.toLeader();
        }
      }
    }
  }

  /** A request to a later term changes nothing here: no term, no vote, no deadline. */
  void onPreVoteRequest(PreVoteRequest request) {
    boolean grant =
        request.term() > replica.term()
            && replica.mayVote()
            && !isLoyal()
            && replica.log.isUpToDate(request.lastLogIndex(), request.lastLogTerm());
    replica.out.sendWhenDurable(
        new PreVoteReply(
            replica.self,
            request.from(),
            grant ? request.term() : replica.term(),
            grant,
            replica.memberships.removalOf(request.from(), replica.commitment.index())));
  }

  /**
   * Late answers, to a campaign that is over, find no pre-candidate or another term (H17).
   *
   * @param incarnation of the replica that answers
   */
  void onPreVoteReply(PreVoteReply reply, long incarnation) {
    if (reply.removedAt() != 0) {
      onRemoval(reply);
    }
    if (!reply.granted() && reply.term() > replica.term() && !replica.isRemoved(reply.from())) {
      roles.toFollower(reply.term(), 0);
      return;
    }
    VoteTally answers = tally;
    long answersTerm = reply.granted() ? replica.term() + 1 : replica.term();
    if (replica.role != Role.PRE_CANDIDATE
        || answers == null
        || reply.term() != answersTerm
        || !replica.voteCounts(reply.from(), incarnation)) {
      return;
    }
    answers.record(reply.from(), reply.granted());
    resolve(answers);
  }

  /**
   * The group goes on without this replica, which was away when that was decided and which nobody
   * sends the decision any more. Whoever says so holds the committed entry, so it may be any
   * replica, and the answer any age.
   */
  private void onRemoval(PreVoteReply reply) {
    boolean known = replica.isToldRemoved();
    replica.tellRemoved(reply.removedAt());
    if (known || !replica.isToldRemoved()) {
      return;
    }
    if (replica.role == Role.PRE_CANDIDATE || replica.role == Role.CANDIDATE) {
      roles.toFollower(replica.term(), 0);
    }
    replica.out.emit(new Effect.RemovalLearned(reply.from(), reply.removedAt()));
  }

  /** Whether a request for votes of a later term is not even looked at, because a leader lives. */
  boolean ignores(VoteRequest request) {
    return !request.leadershipTransfer() && isLoyal();
  }

  /** Handles a request of the current term. */
  void onVoteRequest(VoteRequest request) {
    boolean free =
        replica.ballot.vote() == request.from()
            || (replica.ballot.vote() == HardState.NO_VOTE && replica.leader == 0);
    boolean grant =
        free
            && replica.mayVote()
            && replica.log.isUpToDate(request.lastLogIndex(), request.lastLogTerm());
    if (grant) {
      if (replica.role == Role.PRE_CANDIDATE) {
        roles.toFollower(replica.term(), 0);
      }
      replica.ballot.voteFor(request.from());
      await(drawRetry());
    }
    replica.out.sendWhenDurable(new VoteReply(replica.self, request.from(), replica.term(), grant));
  }

  /** A candidate of an earlier term learns that it is late. */
  void refuseStale(VoteRequest request) {
    replica.out.sendWhenDurable(new VoteReply(replica.self, request.from(), replica.term(), false));
  }

  /**
   * Handles an answer of the current term.
   *
   * @param incarnation of the replica that answers
   */
  void onVoteReply(VoteReply reply, long incarnation) {
    VoteTally answers = tally;
    if (replica.role != Role.CANDIDATE
        || answers == null
        || !replica.voteCounts(reply.from(), incarnation)) {
      return;
    }
    // The request left after our own vote was on disk, so any answer shows that it is.
    answers.record(replica.self, true);
    answers.record(reply.from(), reply.granted());
    resolve(answers);
  }

  void onHardStateDurable(HardState hardState) {
    VoteTally answers = tally;
    if (replica.role == Role.CANDIDATE
        && answers != null
        && hardState.term() == replica.term()
        && hardState.vote() == replica.self) {
      answers.record(replica.self, true);
      resolve(answers);
    }
  }

  /** The leader of the current term asks us to take over (thesis 3.10). */
  void onTimeoutNow(TimeoutNow request) {
    if (replica.role == Role.FOLLOWER
        && replica.mayCampaign()
        && replica.leader == request.from()
        && replica.log.lastIndex() >= request.lastIndex()) {
      campaign(true);
    }
  }

  private boolean isLoyal() {
    if (replica.isLeader()) {
      return true; // check-quorum sees to it that this does not last without a quorum
    }
    boolean recent =
        replica.nowNanos - leaderContactNanos < replica.options.electionTimeoutMinNanos();
    return replica.options.leaseReads() ? recent : recent && replica.leader != 0 && !leaderLost;
  }

  private TreeSet<Integer> otherVoters() {
    Membership membership = replica.memberships.effective();
    TreeSet<Integer> others = new TreeSet<>(membership.voters());
    others.addAll(membership.outgoingVoters());
    others.remove(replica.self);
    return others;
  }

  private void await(long nanos) {
    deadlineNanos = bound(replica.nowNanos + nanos);
  }

  /** Campaigning is voting for oneself: a lease binds that vote too. */
  private long bound(long deadline) {
    return replica.options.leaseReads()
        ? Math.max(deadline, leaderContactNanos + replica.options.electionTimeoutMinNanos())
        : deadline;
  }

  private long drawTimeout() {
    return draw(
        replica.options.electionTimeoutMinNanos(), replica.options.electionTimeoutMaxNanos());
  }

  /** How long to wait for a campaign to end, one's own or one voted for. */
  private long drawRetry() {
    if (replica.nowNanos < hastyUntilNanos) {
      long spread = replica.options.leaderLostElectionNanos();
      long least = Math.max(spread / 2, replica.options.heartbeatNanos());
      return draw(least, least + spread);
    }
    return drawTimeout();
  }

  private long draw(long min, long max) {
    return min + replica.random.nextLong(Math.max(1, max - min));
  }
}
