package dev.flotilla.raft.core;

import java.util.List;

/**
 * What replicas of one group tell each other. {@code term} is the sender's term, except in a
 * pre-vote request and its grant, where it is the term the candidate would campaign in (H15).
 */
public sealed interface Message {
  int from();

  int to();

  long term();

  /** Would you vote for me in {@code term}? Changes nothing at the receiver (thesis 9.6). */
  record PreVoteRequest(int from, int to, long term, long lastLogIndex, long lastLogTerm)
      implements Message {}

  /**
   * Granted: carries the request's term. Refused: the refuser's own.
   *
   * @param removedAt where the committed membership stands that goes on without the asking node
   *     (H49); 0 when the answering replica knows of none
   */
  record PreVoteReply(int from, int to, long term, boolean granted, long removedAt)
      implements Message {
    /** Says nothing of a removal. */
    public PreVoteReply(int from, int to, long term, boolean granted) {
      this(from, to, term, granted, 0);
    }
  }

  /**
   * @param leadershipTransfer the leader itself asked for this campaign: skip the check that a
   *     leader is alive (thesis 3.10)
   */
  record VoteRequest(
      int from, int to, long term, long lastLogIndex, long lastLogTerm, boolean leadershipTransfer)
      implements Message {}

  record VoteReply(int from, int to, long term, boolean granted) implements Message {}

  record AppendRequest(
      int from,
      int to,
      long term,
      long prevIndex,
      long prevTerm,
      long commitIndex,
      List<Entry> entries)
      implements Message {}

  /**
   * @param matchIndex on success, the request's prevIndex plus its number of entries (H19)
   * @param rejectedPrevIndex on refusal, the prevIndex that did not match
   * @param hintIndex on refusal, the highest index at which the logs may agree
   * @param hintTerm on refusal, the follower's term at {@code hintIndex} (H24)
   */
  record AppendReply(
      int from,
      int to,
      long term,
      boolean success,
      long matchIndex,
      long rejectedPrevIndex,
      long hintIndex,
      long hintTerm)
      implements Message {}

  /**
   * Heartbeat and read-index round in one.
   *
   * @param round grows within the leader's term; an answer confirms the reads that arrived before
   *     this round was sent, and no others (H2, H3)
   * @param commitIndex min(match of the receiver, the leader's commit) (H20)
   * @param toIncarnation the replica of the receiving node whose match that is (H50): another one
   *     may hold anything up to there, or nothing; 0 where nobody keeps identities
   */
  record Heartbeat(int from, int to, long term, long round, long commitIndex, long toIncarnation)
      implements Message {
    /** Where nobody keeps identities. */
    public Heartbeat(int from, int to, long term, long round, long commitIndex) {
      this(from, to, term, round, commitIndex, 0);
    }
  }

  /**
   * @param round the round answered; 0 when a leader of an earlier term is merely told the current
   *     one
   */
  record HeartbeatReply(int from, int to, long term, long round) implements Message {}

  /** Campaign at once, provided your log reaches {@code lastIndex} (thesis 3.10). */
  record TimeoutNow(int from, int to, long term, long lastIndex) implements Message {}
}
