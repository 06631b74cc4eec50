package dev.flotilla.raft.runtime;

import dev.flotilla.raft.core.Effect.Refusal;
import dev.flotilla.raft.core.Member;
import dev.flotilla.raft.core.RaftCore;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** One replica's members, as far as its node has to do with them. The loop's thread only. */
final class GroupMembers {
  private final NodeOptions options;
  private final RaftCore core;
  private boolean contactsChanged = true;

  /** Where a membership stands that is not known to be applied; 0 for none. */
  private long newIndex;

  /** The change that was asked of the core last, and why it was refused. */
  private long proposalId;

  private @Nullable Refusal refusal;

  GroupMembers(NodeOptions options, RaftCore core) {
    this.options = options;
    this.core = core;
  }

  /** The membership in force is another, which stands at {@code index}. */
  void changed(long index) {
    contactsChanged = true;
    newIndex = index;
  }

  /** Once a membership is applied, and so committed, those before it do not matter any more. */
  void applied(long index) {
    if (newIndex != 0 && index >= newIndex) {
      newIndex = 0;
      contactsChanged = true;
    }
  }

  /** Whether {@link #contacts} may have changed since this was last asked. */
  boolean takeContactsChanged() {
    boolean changed = contactsChanged;
    contactsChanged = false;
    return changed;
  }

  /** Everyone the group makes this node talk to, itself included. */
  SortedMap<Integer, Member> contacts() {
    return core.contacts();
  }

  /** A node's advertised address; empty when neither configuration nor group knows it. */
  String addressOf(int node) {
    Member member = core.contacts().get(node);
    return options.addressOf(node, member == null ? "" : member.address());
  }

  /** A change of members is about to be asked of the core. */
  void asking(long id) {
    proposalId = id;
    refusal = null;
  }

  long asked() {
    return proposalId;
  }

  boolean hasAsked(long id) {
    return id == proposalId;
  }

  void refused(Refusal reason) {
    refusal = reason;
  }

  /** Why the change asked last was refused; null when it was not. */
  @Nullable Refusal refusal() {
    return refusal;
  }
}
