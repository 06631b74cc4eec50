package dev.flotilla.bench.micro;

import dev.flotilla.raft.core.Entry;
import dev.flotilla.raft.core.EntryKind;
import dev.flotilla.raft.core.LogBase;
import dev.flotilla.raft.core.Member;
import dev.flotilla.raft.core.Membership;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** A group of three in its everyday life: every node is bound to its replica, the term is 1. */
final class Replicas {
  static final int GROUP = 1;
  static final long TERM = 1;

  /** The stamp of every entry, milliseconds since 1970. */
  static final long STAMP_MILLIS = 1_700_000_000_000L;

  private Replicas() {}

  static long incarnation(int node) {
    return 0x5eed_0000_0000_0000L + node;
  }

  static Membership membership() {
    TreeMap<Integer, Member> members = new TreeMap<>();
    for (int node = 1; node <= 3; node++) {
      members.put(
          node, new Member(node, incarnation(node), "node-" + node + ".example:7000", false, 0));
    }
    return Membership.ofVoters(Set.of(1, 2, 3)).withMembers(members);
  }

  /** Where the group's log begins. */
  static LogBase base() {
    return new LogBase(0, 0, membership());
  }

  /** Entries that follow an index. All hold the same payload: nobody may change one. */
  static List<Entry> entriesAfter(long index, int count, byte[] payload) {
    List<Entry> entries = new ArrayList<>(count);
    for (int i = 1; i <= count; i++) {
      entries.add(new Entry(index + i, TERM, EntryKind.COMMAND, STAMP_MILLIS, payload));
    }
    return entries;
  }
}
