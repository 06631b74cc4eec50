package dev.flotilla.raft.runtime;

import dev.flotilla.raft.core.Entry;
import dev.flotilla.raft.core.EntryKind;
import dev.flotilla.raft.core.LogBase;
import dev.flotilla.raft.core.Membership;
import dev.flotilla.raft.core.MembershipCodec;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;

/**
 * Which membership was in force at the positions a checkpoint may stand for: those the state
 * machine is at, or will soon be at. A snapshot carries the membership of its own position, never a
 * newer one (H40).
 *
 * <p>A log that began anew after damage does not know who was in force where it begins. A snapshot
 * made before its next membership names nobody, which is the truth and safe: whoever installs it
 * follows, and neither votes nor campaigns until the entries behind name somebody. To wait for a
 * later position instead could mean to wait for ever, when the follower without it is needed to
 * commit anything.
 */
final class AppliedMemberships {
  private record At(long index, Membership membership) {}

  /** Ascending; the first is the one in force at the oldest position that may be asked for. */
  private final ArrayDeque<At> known = new ArrayDeque<>();

  AppliedMemberships(LogBase base) {
    known.add(new At(base.index(), base.membership()));
  }

  /** Takes note of entries on their way to the state machine. */
  void note(List<Entry> entries) {
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      if (entry.kind() == EntryKind.MEMBERSHIP) {
        known.add(new At(entry.index(), MembershipCodec.decode(entry.payload())));
      }
    }
  }

  /** The state machine has left everything before {@code index} behind. */
  void forgetBefore(long index) {
    while (known.size() > 1) {
      Iterator<At> all = known.iterator();
      all.next();
      if (all.next().index() > index) {
        return;
      }
      known.removeFirst();
    }
  }

  void resetTo(LogBase base) {
    known.clear();
    known.add(new At(base.index(), base.membership()));
  }

  Membership at(long index) {
    Membership found = known.getFirst().membership();
    for (At at : known) {
      if (at.index() > index) {
        break;
      }
      found = at.membership();
    }
    return found;
  }
}
