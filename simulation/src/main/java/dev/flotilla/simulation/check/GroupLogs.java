package dev.flotilla.simulation.check;

import dev.flotilla.raft.core.CoreStatus;
import dev.flotilla.raft.core.Entry;
import dev.flotilla.raft.core.EntryKind;
import dev.flotilla.raft.core.Membership;
import dev.flotilla.raft.core.MembershipCodec;
import dev.flotilla.raft.core.Role;
import dev.flotilla.raft.runtime.ReplicaView;
import dev.flotilla.simulation.world.Violation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The logs of one group's replicas side by side: leaders only append, equal (index, term) means
 * equal entries all the way down (log matching), what is committed once is committed for ever and
 * in every later leader's log (leader completeness); Raft, figure 3.2 of the thesis.
 */
final class GroupLogs {
  /** A commit that a snapshot brings is acted upon with the next one only. */
  private static final int MOST_LOOKS_AS_OUTSIDER = 20;

  /** An entry, by where it stands. */
  private record At(long index, long term) {}

  /** What an entry is, and the term of the one before it. */
  private record Content(long hash, long previousTerm) {}

  /** A replica's log in its present life, as last seen. */
  private static final class Shadow {
    final List<Long> terms = new ArrayList<>();
    long baseIndex;
    long baseTerm;
    long commit;
    long applied;
    long term;
    Role role = Role.FOLLOWER;
    CoreStatus status;

    /** Where the newest membership was last seen to stand. */
    long membershipIndex;

    /** So often in a row it led without being a voter, though all was settled. */
    int looksAsOutsider;

    Shadow(CoreStatus status) {
      this.status = status;
      membershipIndex = status.membershipIndex();
      baseIndex = status.base().index();
      baseTerm = status.base().term();
      commit = baseIndex;
    }

    long lastIndex() {
      return baseIndex + terms.size();
    }

    /** Of an index from the base to the last. */
    long termAt(long index) {
      return index == baseIndex ? baseTerm : terms.get((int) (index - baseIndex) - 1);
    }

    void truncateAfter(long index) {
      terms.subList((int) (index - baseIndex), terms.size()).clear();
    }

    void restart(long index, long term) {
      terms.clear();
      baseIndex = index;
      baseTerm = term;
    }

    void moveBase(long index, long term) {
      terms.subList(0, (int) (index - baseIndex)).clear();
      baseIndex = index;
      baseTerm = term;
    }
  }

  private final int group;
  private final Marks marks;
  private final Clocks clocks;
  private final Map<At, Content> entries = new HashMap<>();
  private final Map<Long, Integer> leaders = new HashMap<>();
  private final TreeMap<Integer, Shadow> shadows = new TreeMap<>();

  private final Map<At, Membership> memberships = new HashMap<>();

  /** Those that were committed, by where they stand. */
  private final TreeMap<Long, Membership> committedMemberships = new TreeMap<>();

  /**
   * Where damaged logs began anew, at their state's position: the membership in force there was
   * lost with them.
   */
  private final TreeSet<Long> blankPlaces = new TreeSet<>();

  /** Terms of the committed entries; index 1 is at position 0. */
  private final List<Long> committed = new ArrayList<>();

  /** Whose majorities the committed entries are on. */
  private final Map<Long, Committers> committers = new HashMap<>();

  /**
   * By whom an entry was committed.
   *
   * @param outgoing empty unless majorities of both are needed
   */
  record Committers(Set<Integer> voters, Set<Integer> outgoing) {
    /** The leader's membership right after it committed; a later one may stand there already. */
    static Committers of(CoreStatus status) {
      Membership membership = status.membership();
      boolean later = membership.isJoint() && status.membershipIndex() > status.commitIndex();
      return later
          ? new Committers(membership.outgoingVoters(), Set.of())
          : new Committers(membership.voters(), membership.outgoingVoters());
    }
  }

  /** Every node's monotonic clock. */
  interface Clocks {
    long nanoTime(int node);
  }

  GroupLogs(int group, Marks marks, Clocks clocks) {
    this.group = group;
    this.marks = marks;
    this.clocks = clocks;
  }

  long committedIndex() {
    return committed.size();
  }

  /** Whether this very entry is known to be committed. */
  boolean isCommitted(long index, long term) {
    return index >= 1 && index <= committed.size() && committedTerm(index) == term;
  }

  long committedTerm(long index) {
    return committed.get((int) index - 1);
  }

  /** Who committed an entry; null when nobody saw it. */
  @Nullable Committers committersOf(long index) {
    return committers.get(index);
  }

  /** The newest membership that is known to be committed. */
  Membership newestMembership() {
    return committedMemberships.isEmpty()
        ? Membership.EMPTY
        : committedMemberships.lastEntry().getValue();
  }

  boolean leads(int node) {
    Shadow shadow = shadows.get(node);
    return shadow != null && shadow.role == Role.LEADER;
  }

  /** The replica is gone; what it knew only in memory is not held against its next life. */
  void forget(int node) {
    shadows.remove(node);
  }

  /** One leader per term, ever: who sends as a leader, or says it is one. */
  void leads(int node, long term) {
    Integer known = leaders.putIfAbsent(term, node);
    if (known != null && known != node) {
      throw new Violation(
          "one leader per term",
          "g%d: n%d and n%d both lead term %d".formatted(group, known, node, term));
    }
  }

  /** Looks at a replica after a pass of its loop. */
  void look(int node, ReplicaView view, Truncations truncations) {
    CoreStatus status = view.status();
    Shadow shadow = shadows.get(node);
    if (shadow == null) {
      shadow = new Shadow(status);
      shadows.put(node, shadow);
      if (status.base().index() == 0
          && status.membershipIndex() == 0
          && !status.membership().isEmpty()) {
        committedMemberships.putIfAbsent(0L, status.membership());
      }
      if (status.base().index() > 0 && status.base().membership().isEmpty()) {
        blankPlaces.add(status.base().index());
      }
    }
    shadow.status = status;
    lookAtLog(node, view, shadow, truncations);
    long committedBefore = committed.size();
    lookAtCommit(node, status, shadow);
    if (committed.size() > committedBefore) {
      checkElectorate();
      checkLeases(node, status.term());
    }
    if (status.term() < shadow.term) {
      throw new Violation(
          "terms never go back", at(node) + "from " + shadow.term + " to " + status.term());
    }
    lookAtRole(node, status, shadow);
    lookAtMembership(node, status, shadow);
    lookForOutsider(node, status, shadow);
    shadow.term = status.term();
    shadow.role = status.role();
  }

  /** One change of members at a time, and none before an entry of the term is committed (H45). */
  private void lookAtMembership(int node, CoreStatus status, Shadow shadow) {
    long index = status.membershipIndex();
    boolean changed =
        index > shadow.membershipIndex
            && status.role() == Role.LEADER
            && index > status.base().index()
            && shadow.termAt(index) == status.term();
    boolean settled =
        shadow.membershipIndex <= status.commitIndex()
            && shadow.termAt(Math.max(status.commitIndex(), shadow.baseIndex)) == status.term();
    if (changed && !settled) {
      throw new Violation(
          "one change of members at a time",
          at(node)
              + "leads term %d with a change at %d, another at %d, commit %d"
                  .formatted(status.term(), index, shadow.membershipIndex, status.commitIndex()));
    }
    shadow.membershipIndex = index;
  }

  /** Who is no voter any more has led until that was committed, and not on (thesis 4.2.2). */
  private void lookForOutsider(int node, CoreStatus status, Shadow shadow) {
    boolean outside =
        status.role() == Role.LEADER
            && status.membershipSettled()
            && !status.membership().isVoter(node)
            && shadow.termAt(Math.max(status.commitIndex(), shadow.baseIndex)) == status.term();
    shadow.looksAsOutsider = outside ? shadow.looksAsOutsider + 1 : 0;
    if (shadow.looksAsOutsider > MOST_LOOKS_AS_OUTSIDER) {
      throw new Violation(
          "a removed leader goes",
          at(node)
              + "leads term %d and is no voter of %s, committed at %d"
                  .formatted(status.term(), status.membership(), status.membershipIndex()));
    }
  }

  /** Who wants to know of entries that disappear. */
  interface Truncations {
    /** Everything after {@code index} is gone from the replica's log. */
    void truncatedAfter(long index);
  }

  private void lookAtLog(int node, ReplicaView view, Shadow shadow, Truncations truncations) {
    CoreStatus status = view.status();
    long base = status.base().index();
    if (base < shadow.baseIndex) {
      throw new Violation(
          "a log's base never goes back", at(node) + shadow.baseIndex + " to " + base);
    }
    if (base > shadow.baseIndex) {
      boolean jumped = base > shadow.lastIndex() || shadow.termAt(base) != status.base().term();
      if (jumped) {
        marks.hit(Mark.SNAPSHOT_INSTALLED);
        marks.hitIf(shadow.lastIndex() > base, Mark.SNAPSHOT_INSTALLED_OVER_LONGER_LOG);
        shadow.restart(base, status.base().term());
        checkMembershipOfSnapshot(node, status);
        shadow.commit = Math.max(shadow.commit, base);
      } else {
        marks.hit(Mark.LOG_COMPACTED);
        shadow.moveBase(base, status.base().term());
      }
      checkCommitted(node, base, status.base().term());
    }
    long last = status.lastIndex();
    if (last == shadow.lastIndex() && status.lastTerm() == shadow.termAt(last)) {
      return;
    }
    long same = Math.min(last, shadow.lastIndex());
    while (same > base && term(view, same) != shadow.termAt(same)) {
      same--;
    }
    if (same < shadow.lastIndex()) {
      if (last == same) {
        throw new Violation(
            "entries give way to others only",
            at(node) + "lost " + (same + 1) + " to " + shadow.lastIndex() + " of its log");
      }
      truncated(node, status, shadow, same);
      truncations.truncatedAfter(same);
    }
    if (same < last) {
      add(node, shadow, view.log().entries(same + 1, last));
    }
  }

  private static long term(ReplicaView view, long index) {
    return view.log().entries(index, index).getFirst().term();
  }

  private void truncated(int node, CoreStatus status, Shadow shadow, long same) {
    if (shadow.commit > same) {
      throw new Violation(
          "committed entries stay",
          at(node) + "lost entries after " + same + ", committed " + shadow.commit);
    }
    if (shadow.role == Role.LEADER && shadow.term == status.term()) {
      throw new Violation(
          "leaders only append", at(node) + "truncated after " + same + " in its own term");
    }
    marks.hit(Mark.CONFLICT_TRUNCATED);
    marks.hitIf(shadow.lastIndex() - same > 5, Mark.LONG_TAIL_TRUNCATED);
    shadow.truncateAfter(same);
  }

  private void add(int node, Shadow shadow, List<Entry> added) {
    for (Entry entry : added) {
      if (entry.index() != shadow.lastIndex() + 1) {
        throw new Violation("logs have no gaps", at(node) + "at " + entry.index());
      }
      long previousTerm = shadow.termAt(shadow.lastIndex());
      Content content = new Content(hash(entry), previousTerm);
      Content known = entries.putIfAbsent(new At(entry.index(), entry.term()), content);
      if (known != null && !known.equals(content)) {
        throw new Violation(
            "log matching",
            at(node)
                + "entry %d of term %d is not what another replica has there"
                    .formatted(entry.index(), entry.term()));
      }
      if (entry.term() < previousTerm) {
        throw new Violation("terms in a log never go back", at(node) + "at " + entry.index());
      }
      shadow.terms.add(entry.term());
      if (entry.kind() == EntryKind.MEMBERSHIP) {
        memberships.put(
            new At(entry.index(), entry.term()), MembershipCodec.decode(entry.payload()));
      }
    }
  }

  private static long hash(Entry entry) {
    return ((long) Arrays.hashCode(entry.payload()) * 31 + entry.stampMillis()) * 31
        + entry.kind().ordinal();
  }

  private void lookAtCommit(int node, CoreStatus status, Shadow shadow) {
    long commit = status.commitIndex();
    if (commit < shadow.commit && commit < status.base().index()) {
      throw new Violation("the commit index never goes back", at(node) + shadow.commit);
    }
    if (commit > shadow.lastIndex()) {
      throw new Violation(
          "commit within the log", at(node) + commit + " of a log to " + shadow.lastIndex());
    }
    if (status.appliedIndex() > commit || status.appliedIndex() < shadow.applied) {
      throw new Violation(
          "applied grows up to commit",
          at(node) + shadow.applied + " to " + status.appliedIndex() + ", commit " + commit);
    }
    shadow.applied = status.appliedIndex();
    checkOwnTermIsCounted(node, status, shadow);
    for (long index = Math.max(shadow.commit, shadow.baseIndex) + 1; index <= commit; index++) {
      commit(node, status, index, shadow.termAt(index));
    }
    if (commit < shadow.commit) {
      throw new Violation(
          "the commit index never goes back", at(node) + shadow.commit + " to " + commit);
    }
    shadow.commit = commit;
  }

  /** What a leader commits by counting is of its own term; older entries follow (H22). */
  private void checkOwnTermIsCounted(int node, CoreStatus status, Shadow shadow) {
    boolean leadsOn =
        shadow.role == Role.LEADER && status.role() == Role.LEADER && shadow.term == status.term();
    if (leadsOn
        && status.commitIndex() > Math.max(shadow.commit, shadow.baseIndex)
        && shadow.termAt(status.commitIndex()) != status.term()) {
      throw new Violation(
          "only entries of the leader's term are counted",
          at(node)
              + "leads term %d and committed %d, an entry of term %d"
                  .formatted(
                      status.term(), status.commitIndex(), shadow.termAt(status.commitIndex())));
    }
  }

  private void commit(int node, CoreStatus status, long index, long term) {
    checkCommitted(node, index, term);
    if (index != committed.size() + 1) {
      return;
    }
    committed.add(term);
    // Of a leader whose power went in the very pass its followers tell; they know less than it did.
    if (status.role() == Role.LEADER) {
      committers.put(index, Committers.of(status));
    }
    Membership membership = memberships.get(new At(index, term));
    if (membership != null) {
      committedMemberships.put(index, membership);
    }
    marks.hitIf(term < status.term(), Mark.ENTRIES_OF_OLDER_TERM_COMMITTED);
    shadows.forEach((other, shadow) -> {
      if (shadow.role == Role.LEADER && shadow.term >= status.term()) {
        checkComplete(other, shadow);
      }
    });
  }

  private void checkCommitted(int node, long index, long term) {
    if (index >= 1 && index <= committed.size() && committedTerm(index) != term) {
      throw new Violation(
          "one entry committed per index",
          at(node)
              + "entry %d of term %d where term %d was committed"
                  .formatted(index, term, committedTerm(index)));
    }
  }

  private void lookAtRole(int node, CoreStatus status, Shadow shadow) {
    if (status.role() == Role.LEADER) {
      leads(node, status.term());
      if (shadow.role != Role.LEADER || shadow.term != status.term()) {
        marks.hit(Mark.LEADER_ELECTED);
        marks.hitIf(status.term() > 20, Mark.TERM_ABOVE_TWENTY);
        shadow.term = status.term();
        checkComplete(node, shadow);
        boolean another =
            shadows.entrySet().stream()
                .anyMatch(other -> other.getKey() != node && other.getValue().role == Role.LEADER);
        marks.hitIf(another, Mark.TWO_LEADERS_OF_DIFFERENT_TERMS);
      }
    } else if (shadow.role == Role.LEADER) {
      marks.hit(
          status.term() > shadow.term
              ? Mark.LEADER_DEPOSED
              : Mark.LEADER_WITHOUT_QUORUM_STEPPED_DOWN);
    } else if (shadow.role == Role.CANDIDATE && status.role() != Role.CANDIDATE) {
      marks.hit(Mark.CAMPAIGN_WITHOUT_MAJORITY);
    }
  }

  /** A leader has everything that was ever committed in terms up to its own. */
  private void checkComplete(int node, Shadow shadow) {
    long index = committed.size();
    if (index == 0 || index <= shadow.baseIndex) {
      return;
    }
    boolean has = index <= shadow.lastIndex() && shadow.termAt(index) == committedTerm(index);
    if (!has && committedTerm(index) <= shadow.term) {
      throw new Violation(
          "leader completeness",
          at(node)
              + "leads term %d without the committed entry %d of term %d"
                  .formatted(shadow.term, index, committedTerm(index)));
    }
  }

  /**
   * While a term commits, no leader of an earlier one answers reads by lease: it could not know
   * what was committed (H4, H5, H7).
   */
  private void checkLeases(int node, long term) {
    shadows.forEach((other, shadow) -> {
      long left = shadow.status.leaseEndNanos() - clocks.nanoTime(other);
      if (shadow.role == Role.LEADER && shadow.term < term && left > 0) {
        throw new Violation(
            "no lease outlives its leader",
            at(node)
                + "commits in term %d, and n%d of term %d has a lease for %d ns more"
                    .formatted(term, other, shadow.term, left));
      }
    });
  }

  /** A snapshot brings the membership of its own place, whatever the log said before (H40). */
  private void checkMembershipOfSnapshot(int node, CoreStatus status) {
    Map.Entry<Long, Membership> known = committedMemberships.floorEntry(status.base().index());
    if (known != null
        && status.membershipIndex() <= status.base().index()
        && !isOfPlace(status.membership(), status.base().index(), known)) {
      throw new Violation(
          "snapshots hold the membership of their place",
          at(node)
              + "base %d with %s, where %s was committed at %d"
                  .formatted(
                      status.base().index(),
                      status.membership(),
                      known.getValue(),
                      known.getKey()));
    }
    if (status.membershipIndex() > status.lastIndex()) {
      throw new Violation(
          "snapshots replace memberships",
          at(node)
              + "has one of %d in a log to %d"
                  .formatted(status.membershipIndex(), status.lastIndex()));
    }
  }

  /**
   * Nobody stands for "not known", and makes whoever installs it passive until its log names
   * somebody; only a log that began anew may say so, of places before the next membership.
   */
  private boolean isOfPlace(
      Membership membership, long index, Map.Entry<Long, Membership> committedThere) {
    if (!membership.isEmpty()) {
      return membership.equals(committedThere.getValue());
    }
    Long blank = blankPlaces.floor(index);
    return blank != null && blank >= committedThere.getKey();
  }

  /** The same of a snapshot that is offered, whether it will be installed or not. */
  void offered(int node, long index, Membership membership) {
    Map.Entry<Long, Membership> known = committedMemberships.floorEntry(index);
    if (known != null && index <= committed.size() && !isOfPlace(membership, index, known)) {
      throw new Violation(
          "snapshots hold the membership of their place",
          at(node)
              + "offers one of %d with %s, where %s was committed at %d"
                  .formatted(index, membership, known.getValue(), known.getKey()));
    }
  }

  private void checkElectorate() {
    long index = committed.size();
    long term = committedTerm(index);
    List<Electorate.Voter> voters = new ArrayList<>();
    shadows.forEach((node, shadow) -> {
      boolean holds =
          index <= shadow.baseIndex
              || (index <= shadow.lastIndex() && shadow.termAt(index) == term);
      voters.add(
          new Electorate.Voter(
              node,
              shadow.status.incarnation(),
              shadow.status.standing(),
              shadow.status.membership(),
              shadow.termAt(shadow.lastIndex()),
              shadow.lastIndex(),
              holds));
    });
    Electorate.check(group, index, term, voters);
  }

  private String at(int node) {
    return "g" + group + " n" + node + ": ";
  }
}
