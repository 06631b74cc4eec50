package dev.flotilla.raft.core;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an all-seeing observer checks after every event of a simulated group: the safety properties
 * of the thesis' figure 3.2 and those of reads and durability.
 */
final class ClusterChecks {
  record Position(long index, long term) {}

  /** Of one replica: what took the place of a lost one knows nothing of its votes (H50). */
  record Ballot(int voter, long incarnation, long term) {}

  private record Leader(int node, long incarnation) {}

  private record Content(byte[] payload, EntryKind kind, long previousTerm) {}

  private record Commit(long term, long committedInTerm) {}

  private final Map<Long, Leader> leaders = new HashMap<>();
  private final Map<Ballot, Integer> votes = new HashMap<>();
  private final Map<Position, Content> written = new HashMap<>();
  private final TreeMap<Long, Commit> committed = new TreeMap<>();
  private final Map<Long, Long> applied = new HashMap<>();
  private final Map<Long, Long> readsBegun = new HashMap<>();
  private long highestTerm;

  long committedIndex() {
    return committed.isEmpty() ? 0 : committed.lastKey();
  }

  long highestTerm() {
    return highestTerm;
  }

  /** One leader per term, over all lives; and it holds everything committed in earlier terms. */
  void leads(SimNode node, CoreStatus status) {
    highestTerm = Math.max(highestTerm, status.term());
    Leader leader = new Leader(node.id, status.incarnation());
    Leader before = leaders.put(status.term(), leader);
    require(before == null || before.equals(leader), "two leaders in term " + status.term());
    if (before != null) {
      return;
    }
    committed.forEach((index, commit) -> {
      if (commit.committedInTerm() < status.term() && index > status.base().index()) {
        require(
            node.coreTermAt(index) == commit.term(),
            "leader n"
                + node.id
                + " of term "
                + status.term()
                + " lacks committed entry "
                + index
                + " of term "
                + commit.term());
      }
    });
  }

  void voted(int voter, long incarnation, long term, int candidate) {
    Integer before = votes.put(new Ballot(voter, incarnation, term), candidate);
    require(
        before == null || before == candidate,
        "n" + voter + " voted twice in term " + term + ": " + before + ", " + candidate);
  }

  /** Log matching: equal index and term mean equal content and equal predecessor. */
  void appended(Entry entry, long previousTerm) {
    Content content = new Content(entry.payload(), entry.kind(), previousTerm);
    Content before = written.putIfAbsent(new Position(entry.index(), entry.term()), content);
    require(
        before == null
            || (before.previousTerm() == previousTerm
                && before.kind() == entry.kind()
                && before.payload() == entry.payload()),
        "logs differ at " + entry.index() + " of term " + entry.term());
  }

  void committedAt(SimNode node, long index, long term, long inTerm) {
    Commit before = committed.putIfAbsent(index, new Commit(term, inTerm));
    require(
        before == null || before.term() == term,
        "n" + node.id + " committed entry " + index + " of term " + term + " instead of " + before);
  }

  boolean isCommitted(long index, long term) {
    Commit commit = committed.get(index);
    return commit != null && commit.term() == term;
  }

  /** State machine safety: everyone applies the same entry at an index. */
  void applied(long index, long stateHash) {
    Long before = applied.putIfAbsent(index, stateHash);
    require(before == null || before == stateHash, "states differ after entry " + index);
  }

  /** Whatever is committed anywhere may have been acknowledged to some client. */
  void readBegins(long readId) {
    readsBegun.put(readId, committedIndex());
  }

  void readServed(long readId, long index) {
    Long begun = readsBegun.remove(readId);
    require(begun != null, "read " + readId + " answered twice");
    require(
        begun == null || index >= begun,
        "read " + readId + " sees " + index + " although " + begun + " was committed before");
  }

  void readRefused(long readId) {
    require(readsBegun.remove(readId) != null, "read " + readId + " answered twice");
  }

  static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
