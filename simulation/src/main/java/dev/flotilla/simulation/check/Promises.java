package dev.flotilla.simulation.check;

import dev.flotilla.proto.raft.v1.RaftMessage;
import dev.flotilla.proto.raft.v1.VoteRequest;
import dev.flotilla.raft.core.CoreStatus;
import dev.flotilla.raft.core.HardState;
import dev.flotilla.raft.runtime.ReplicaView;
import dev.flotilla.simulation.world.Violation;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiPredicate;

/**
 * What one replica has told others, over all its lives, and must therefore never forget: terms,
 * votes, entries it said it holds. A message that revealed what was not durable shows at the next
 * power loss, or in the durable image of the disk when that is looked at.
 */
final class Promises {
  /** What a candidate has said of its log. */
  private record Campaign(long term, long lastTerm, long lastIndex) {}

  private final String name;
  private final Marks marks;

  /** The last request of each candidate. */
  private final Map<Integer, Campaign> campaigns = new HashMap<>();

  private final Map<Long, Integer> votes = new HashMap<>();
  private long incarnation;
  private long term;
  private long heldIndex;
  private long heldTerm;

  Promises(String name, Marks marks) {
    this.name = name;
    this.marks = marks;
  }

  /**
   * Which replica of the node speaks. Another one, after a wiped disk or damage, is not held to
   * what its predecessor has said: nobody listens to it before it was let in anew (H50).
   */
  void is(long incarnationNow) {
    if (incarnation == incarnationNow) {
      return;
    }
    marks.hitIf(incarnation != 0, Mark.REPLICA_TOOK_ANOTHER_IDENTITY);
    incarnation = incarnationNow;
    votes.clear();
    term = 0;
    heldIndex = 0;
    heldTerm = 0;
  }

  /** A candidate asks for the replica's vote. */
  void asked(int candidate, long inTerm, VoteRequest request) {
    campaigns.put(
        candidate, new Campaign(inTerm, request.getLastLogTerm(), request.getLastLogIndex()));
  }

  /**
   * Votes are for those who have all that the voter has (H14). A vote may have waited for a slow
   * disk, and entries of the term's leader, or of a later one, have come meanwhile.
   */
  private void checkFreshness(int candidate, long inTerm, CoreStatus status) {
    Campaign campaign = campaigns.get(candidate);
    boolean late =
        status.term() != inTerm
            || status.lastTerm() == inTerm
            || (status.leader() != 0 && status.leader() != candidate);
    if (campaign == null || campaign.term() != inTerm || late) {
      return;
    }
    if (campaign.lastTerm() < status.lastTerm()
        || (campaign.lastTerm() == status.lastTerm()
            && campaign.lastIndex() < status.lastIndex())) {
      throw new Violation(
          "nobody votes for a log behind its own",
          "%s with a log to %d of term %d votes in term %d for n%d with %s"
              .formatted(name, status.lastIndex(), status.lastTerm(), inTerm, candidate, campaign));
    }
  }

  /**
   * A message leaves the replica.
   *
   * @param log where to look up the term of an entry it says it holds
   */
  void told(RaftMessage message, ReplicaView log) {
    is(message.getIncarnation());
    switch (message.getBodyCase()) {
      // Both name a term that nobody is in yet.
      case PRE_VOTE_REQUEST, PRE_VOTE_REPLY -> {
        return;
      }
      case VOTE_REQUEST -> votedFor(message.getTerm(), message.getFrom());
      case VOTE_REPLY -> {
        if (message.getVoteReply().getGranted()) {
          votedFor(message.getTerm(), message.getTo());
          checkFreshness(message.getTo(), message.getTerm(), log.status());
        }
      }
      case APPEND_REPLY -> {
        if (message.getAppendReply().getSuccess() && isForItsLeader(message, log)) {
          holds(message.getAppendReply().getMatchIndex(), log);
        }
      }
      case APPEND_REQUEST, HEARTBEAT, HEARTBEAT_REPLY, TIMEOUT_NOW, BODY_NOT_SET -> {}
    }
    term = Math.max(term, message.getTerm());
  }

  /**
   * Whether an acknowledgement is one to the leader the replica follows as it leaves. One to a
   * deposed leader may have waited for a slow disk while the newer leader's first entries took the
   * place of what it speaks of: it is as good as one that was late on its way.
   */
  static boolean isForItsLeader(RaftMessage acknowledgement, ReplicaView view) {
    return acknowledgement.getTerm() == view.status().term();
  }

  private void votedFor(long inTerm, int candidate) {
    Integer known = votes.putIfAbsent(inTerm, candidate);
    if (known != null && known != candidate) {
      throw new Violation(
          "one vote per term",
          "%s voted for n%d and n%d in term %d".formatted(name, known, candidate, inTerm));
    }
  }

  private void holds(long index, ReplicaView view) {
    if (index <= heldIndex) {
      return;
    }
    CoreStatus status = view.status();
    if (index > status.lastIndex()) {
      throw new Violation(
          "acknowledged means held",
          "%s acknowledged %d and its log ends at %d".formatted(name, index, status.lastIndex()));
    }
    heldTerm = termAt(view, index);
    heldIndex = index;
  }

  private static long termAt(ReplicaView view, long index) {
    if (index <= view.status().base().index()) {
      return index == view.status().base().index() ? view.status().base().term() : -1;
    }
    return view.log().entries(index, index).getFirst().term();
  }

  /** A newer leader had everything after {@code index} replaced. */
  void truncatedAfter(long index, ReplicaView view) {
    if (index < heldIndex) {
      heldIndex = index;
      heldTerm = index == 0 ? 0 : termAt(view, index);
    }
  }

  /**
   * The replica has come back from its disk.
   *
   * @param heldIsCommitted whether the entry at an index and of a term is known to be committed
   */
  void check(ReplicaView view, BiPredicate<Long, Long> heldIsCommitted) {
    CoreStatus status = view.status();
    is(status.incarnation());
    check(new HardState(status.term(), status.vote()));
    if (heldIndex <= status.base().index()) {
      return;
    }
    long found = status.lastIndex() < heldIndex ? 0 : termAt(view, heldIndex);
    if (found == heldTerm) {
      return;
    }
    // In the very pass that the power cut, a newer leader may have had it replaced: then the log
    // ends in that leader's term, which no write that was merely lost can explain.
    boolean replaced = status.lastTerm() > heldTerm && !heldIsCommitted.test(heldIndex, heldTerm);
    if (!replaced) {
      throw new Violation(
          "acknowledged means durable",
          "%s acknowledged entry %d of term %d and came back with a log to %d, there of term %d"
              .formatted(name, heldIndex, heldTerm, status.lastIndex(), found));
    }
    heldIndex = 0;
    heldTerm = 0;
  }

  /** Term and vote as they stand on disk. */
  void check(HardState hardState) {
    if (hardState.term() < term) {
      throw new Violation(
          "terms are durable before they are told",
          "%s told term %d and its disk has %d".formatted(name, term, hardState.term()));
    }
    Integer vote = votes.get(hardState.term());
    if (vote != null && vote != hardState.vote()) {
      throw new Violation(
          "votes are durable before they are told",
          "%s voted for n%d in term %d and its disk has n%d"
              .formatted(name, vote, hardState.term(), hardState.vote()));
    }
  }

  long heldIndex() {
    return heldIndex;
  }
}
