package dev.flotilla.raft.runtime;

import dev.flotilla.proto.admin.v1.ChangeMembersProgress;
import dev.flotilla.proto.admin.v1.ChangeMembersRequest;
import dev.flotilla.proto.admin.v1.ChangeStage;
import dev.flotilla.raft.core.CoreStatus;
import dev.flotilla.raft.core.Effect.Refusal;
import dev.flotilla.raft.core.Member;
import dev.flotilla.raft.core.Membership;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One operator's change of one group's members. It asks the core for a first step, a learner or a
 * joint membership, and then watches the membership come to where it was to go: the steps after the
 * first are the core's own, of this leader or the next.
 */
final class MemberChange {
  private static final Logger log = LoggerFactory.getLogger(MemberChange.class);
  private static final long NANOS_PER_MILLI = 1_000_000L;
  private static final long DEFAULT_TIMEOUT_MILLIS = 300_000;

  /**
   * How long a step waits for its turn: for a commit of the term, or behind a step of the core's.
   */
  private static final long PATIENCE_NANOS = 5_000 * NANOS_PER_MILLI;

  private static final long REPORT_EVERY_NANOS = 500 * NANOS_PER_MILLI;

  private enum Stage {
    STARTING,
    ADDING_LEARNER,
    CATCHING_UP,
    CHANGING_VOTERS,
    GIVING_UP,
    ENDED
  }

  private final LoopContext context;
  private final Replica replica;
  private final MemberChangeListener listener;

  /** Who is to come; 0 for nobody. */
  private final int newcomer;

  private final String address;

  /** Who is to go; 0 for nobody. */
  private final int leaver;

  private final String goal;
  private final long timeoutMillis;
  private final long term;
  private Stage stage = Stage.STARTING;
  private long deadlineNanos;
  private long patienceEndNanos;
  private long reportNanos;

  /** Whether something was asked of the core that may still take effect. */
  private boolean begun;

  MemberChange(
      LoopContext context,
      Replica replica,
      ChangeMembersRequest request,
      MemberChangeListener listener) {
    this.context = context;
    this.replica = replica;
    this.listener = listener;
    switch (request.getChangeCase()) {
      case ADD -> {
        newcomer = request.getAdd().getNode();
        address = request.getAdd().getAddress();
        leaver = 0;
        goal = "adding node " + newcomer;
      }
      case REMOVE -> {
        newcomer = 0;
        address = "";
        leaver = request.getRemove().getNode();
        goal = "removing node " + leaver;
      }
      case REPLACE -> {
        newcomer = request.getReplace().getNewcomer().getNode();
        address = request.getReplace().getNewcomer().getAddress();
        leaver = request.getReplace().getNode();
        goal = "replacing node " + leaver + " by node " + newcomer;
      }
      default -> {
        newcomer = 0;
        address = "";
        leaver = 0;
        goal = "nothing";
      }
    }
    timeoutMillis =
        request.getTimeoutMillis() == 0
            ? DEFAULT_TIMEOUT_MILLIS
            : Integer.toUnsignedLong(request.getTimeoutMillis());
    term = replica.term();
    deadlineNanos = context.nowNanos + timeoutMillis * NANOS_PER_MILLI;
    patienceEndNanos = context.nowNanos + PATIENCE_NANOS;
    reportNanos = context.nowNanos;
  }

  /** As in "adding node 4". */
  String goal() {
    return goal;
  }

  boolean hasEnded() {
    return stage == Stage.ENDED;
  }

  /** What is wrong with the request itself; null when nothing is. */
  @Nullable String objection() {
    boolean replaces = newcomer != 0 && leaver != 0;
    if (newcomer == 0 && leaver == 0) {
      return "the request names no change";
    }
    if (newcomer < 0 || leaver < 0 || newcomer == leaver) {
      return "the request names no two nodes";
    }
    if (newcomer != 0 && (address.isEmpty() || address.length() > Member.MAX_ADDRESS_CHARS)) {
      return "the address of node " + newcomer + " is missing";
    }
    Membership membership = replica.status().membership();
    if (replaces && !membership.contains(leaver) && !membership.isVoter(newcomer)) {
      return "node " + leaver + " is no member";
    }
    return null;
  }

  /** When it wants to look again at the latest. */
  long nextDeadlineNanos() {
    return Math.min(deadlineNanos, reportNanos);
  }

  /** Goes on as far as it can. */
  void advance() {
    CoreStatus status = replica.status();
    if (isReached(status)) {
      end(ChangeStage.CHANGE_STAGE_DONE, begun ? "done" : "nothing to do: it is so already");
      return;
    }
    if (!replica.leads() || status.term() != term) {
      abandon("this node lost the leadership");
      return;
    }
    switch (stage) {
      case STARTING -> begin(status);
      case ADDING_LEARNER -> {
        if (status.membershipSettled()) {
          enter(Stage.CATCHING_UP, status);
        } else {
          checkDeadline(status);
        }
      }
      case CATCHING_UP -> catchUp(status);
      case CHANGING_VOTERS -> checkDeadline(status);
      case GIVING_UP -> giveUp(status);
      case ENDED -> {}
    }
  }

  private boolean isReached(CoreStatus status) {
    Membership membership = status.membership();
    return status.membershipSettled()
        && (newcomer == 0 || membership.voters().contains(newcomer))
        && (leaver == 0 || !membership.contains(leaver));
  }

  private void begin(CoreStatus status) {
    Membership membership = status.membership();
    boolean learnerFirst = newcomer != 0 && !membership.isVoter(newcomer);
    Membership target = learnerFirst ? withLearner(membership) : without(membership, leaver);
    String objection = learnerFirst ? null : objectionTo(target, status);
    if (objection != null) {
      end(ChangeStage.CHANGE_STAGE_NOT_APPLIED, objection);
      return;
    }
    if (target.equals(membership)) {
      enter(Stage.CATCHING_UP, status); // begun by an earlier leader
      return;
    }
    if (ask(target, status)) {
      begun = true;
      enter(learnerFirst ? Stage.ADDING_LEARNER : Stage.CHANGING_VOTERS, replica.status());
    }
  }

  private Membership withLearner(Membership membership) {
    TreeSet<Integer> learners = new TreeSet<>(membership.learners());
    learners.add(newcomer);
    Member member = new Member(newcomer, membership.incarnationOf(newcomer), address, true, leaver);
    return new Membership(membership.voters(), Set.of(), learners, Set.of(), membership.members())
        .with(member);
  }

  private static Membership without(Membership membership, int node) {
    TreeSet<Integer> voters = new TreeSet<>(membership.voters());
    voters.remove(node);
    TreeSet<Integer> learners = new TreeSet<>(membership.learners());
    learners.remove(node);
    return new Membership(voters, Set.of(), learners, Set.of(), membership.members());
  }

  /** Why a group must not be left to these voters; null when it may. */
  private @Nullable String objectionTo(Membership target, CoreStatus status) {
    if (target.voters().isEmpty()) {
      return "node " + leaver + " is the group's last voter";
    }
    long patience = context.options.raft().electionTimeoutMaxNanos();
    long alive =
        target.voters().stream()
            .filter(node ->
                node == context.options.node()
                    || status.peers().stream()
                        .anyMatch(
                            peer -> peer.node() == node && peer.sinceContactNanos() < patience))
            .count();
    return alive > target.voters().size() / 2
        ? null
        : "without node "
            + leaver
            + " only "
            + alive
            + " of "
            + target.voters().size()
            + " voters answer, and the group would stop";
  }

  /** Returns whether the core set out; if not now, it is asked again until patience ends. */
  private boolean ask(Membership target, CoreStatus status) {
    Refusal refusal = replica.change(target);
    if (refusal == null) {
      return true;
    }
    if (refusal == Refusal.INVALID || context.nowNanos - patienceEndNanos >= 0) {
      refused(
          switch (refusal) {
            case NOT_LEADER -> "this node does not lead the group";
            case TRANSFERRING -> "leadership is being handed over";
            case CHANGE_IN_PROGRESS ->
                status.membershipSettled()
                    ? "this leader has not committed an entry of its term yet"
                    : "another change of members is under way";
            case NOT_CAUGHT_UP -> "too few of the voters that would remain keep up";
            case OVERLOADED, INVALID ->
                "the group cannot go from " + status.membership() + " to " + target;
          });
    }
    return false;
  }

  private void refused(String reason) {
    if (stage == Stage.GIVING_UP) {
      end(
          ChangeStage.CHANGE_STAGE_UNKNOWN,
          "node " + newcomer + " did not catch up in time and is a learner still: " + reason);
    } else {
      end(ChangeStage.CHANGE_STAGE_NOT_APPLIED, reason);
    }
  }

  private void catchUp(CoreStatus status) {
    Membership membership = status.membership();
    if (membership.voters().contains(newcomer)) {
      begun = true;
      enter(Stage.CHANGING_VOTERS, status);
    } else if (!membership.contains(newcomer)) {
      end(
          ChangeStage.CHANGE_STAGE_NOT_APPLIED,
          "node " + newcomer + " is no longer a learner of the group");
    } else if (context.nowNanos - deadlineNanos >= 0) {
      patienceEndNanos = context.nowNanos + PATIENCE_NANOS;
      deadlineNanos = patienceEndNanos + PATIENCE_NANOS;
      stage = Stage.GIVING_UP;
      giveUp(status);
    } else if (context.nowNanos - reportNanos >= 0) {
      report(ChangeStage.CHANGE_STAGE_CATCHING_UP, "", status);
    }
  }

  /** The newcomer's time is over: a learner nobody waits for would be in the way. */
  private void giveUp(CoreStatus status) {
    Membership membership = status.membership();
    if (membership.voters().contains(newcomer)) {
      enter(Stage.CHANGING_VOTERS, status); // it made it after all
    } else if (membership.contains(newcomer)) {
      Membership target = without(membership, newcomer);
      if (status.membershipSettled()) {
        ask(target, status);
      } else {
        checkDeadline(status);
      }
    } else if (status.membershipSettled()) {
      end(
          ChangeStage.CHANGE_STAGE_NOT_APPLIED,
          "node "
              + newcomer
              + " did not catch up within "
              + timeoutMillis
              + " ms and was removed again");
    } else {
      checkDeadline(status);
    }
  }

  private void checkDeadline(CoreStatus status) {
    if (context.nowNanos - deadlineNanos >= 0) {
      end(
          ChangeStage.CHANGE_STAGE_UNKNOWN,
          "not committed in time; the membership on the way is " + status.membership());
    }
  }

  private void enter(Stage next, CoreStatus status) {
    stage = next;
    if (next == Stage.CHANGING_VOTERS) {
      deadlineNanos = Math.max(deadlineNanos, context.nowNanos + 2 * PATIENCE_NANOS);
    }
    switch (next) {
      case ADDING_LEARNER ->
          report(
              ChangeStage.CHANGE_STAGE_ADDING_LEARNER,
              "node " + newcomer + " becomes a learner",
              status);
      case CATCHING_UP ->
          report(
              ChangeStage.CHANGE_STAGE_CATCHING_UP,
              "node " + newcomer + " is a learner and catches up",
              status);
      case CHANGING_VOTERS ->
          report(ChangeStage.CHANGE_STAGE_CHANGING_VOTERS, "the voters change", status);
      case STARTING, GIVING_UP, ENDED -> {}
    }
  }

  /** Nobody here can say any more how it ends. */
  void abandon(String reason) {
    if (stage == Stage.ENDED) {
      return;
    }
    if (begun || stage == Stage.CATCHING_UP || stage == Stage.GIVING_UP) {
      end(
          ChangeStage.CHANGE_STAGE_UNKNOWN,
          reason + ": the group's next leader may finish it, ask that one for the members");
    } else {
      end(ChangeStage.CHANGE_STAGE_NOT_APPLIED, reason);
    }
  }

  /** The one end. */
  void end(ChangeStage how, String message) {
    stage = Stage.ENDED;
    log.info(
        "{} {} in term {}: {}: {}: {}",
        context.options.name(),
        replica.name,
        term,
        goal,
        how == ChangeStage.CHANGE_STAGE_DONE ? "done" : how,
        message);
    report(how, goal + ": " + message, replica.status());
  }

  private void report(ChangeStage how, String message, CoreStatus status) {
    reportNanos =
        stage == Stage.CATCHING_UP ? context.nowNanos + REPORT_EVERY_NANOS : Long.MAX_VALUE;
    ChangeMembersProgress.Builder progress =
        ChangeMembersProgress.newBuilder()
            .setStage(how)
            .setMessage(message)
            .setLastIndex(status.lastIndex())
            .setLeader(replica.leader())
            .setLeaderAddress(replica.members.addressOf(replica.leader()))
            .addAllVoters(status.membership().voters())
            .addAllLearners(status.membership().learners());
    for (CoreStatus.PeerStatus peer : status.peers()) {
      if (peer.node() == newcomer) {
        progress.setMatchIndex(peer.matchIndex());
      }
    }
    try {
      listener.progress(progress.build());
    } catch (RuntimeException e) {
      // Whoever asked has left in a bad way; the change goes on without a listener.
      log.warn("{} {}: progress of {} not told", context.options.name(), replica.name, goal, e);
    }
  }
}
