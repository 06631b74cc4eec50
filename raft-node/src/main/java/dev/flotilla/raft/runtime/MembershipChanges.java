package dev.flotilla.raft.runtime;

import dev.flotilla.proto.admin.v1.ChangeMembersProgress;
import dev.flotilla.proto.admin.v1.ChangeStage;
import java.util.Iterator;
import java.util.SortedMap;
import java.util.TreeMap;

/** Operators' changes of members, one at a time in each group. */
final class MembershipChanges {
  private final LoopContext context;
  private final SortedMap<Integer, MemberChange> running = new TreeMap<>();

  MembershipChanges(LoopContext context) {
    this.context = context;
  }

  /** How a change ends that never began. */
  static ChangeMembersProgress refusal(String message) {
    return ChangeMembersProgress.newBuilder()
        .setStage(ChangeStage.CHANGE_STAGE_NOT_APPLIED)
        .setMessage(message)
        .build();
  }

  void start(Mail.ChangeAsked asked, SortedMap<Integer, Replica> replicas) {
    int group = asked.request().getGroup();
    Replica replica = replicas.get(group);
    MemberChange before = running.get(group);
    if (replica == null) {
      asked.listener().progress(refusal("this node does not host group " + group));
      return;
    }
    MemberChange change = new MemberChange(context, replica, asked.request(), asked.listener());
    if (!replica.leads()) {
      change.end(
          ChangeStage.CHANGE_STAGE_NOT_APPLIED,
          "this node does not lead "
              + replica.name
              + (replica.leader() == 0 ? "" : ", node " + replica.leader() + " does"));
      return;
    }
    if (before != null && !before.hasEnded()) {
      change.end(
          ChangeStage.CHANGE_STAGE_NOT_APPLIED,
          "one change at a time: this node is " + before.goal() + " already");
      return;
    }
    String objection = change.objection();
    if (objection != null) {
      change.end(ChangeStage.CHANGE_STAGE_NOT_APPLIED, objection);
      return;
    }
    running.put(group, change);
  }

  /** Goes on with what is under way; called in every pass, before the log is written. */
  void advance() {
    for (Iterator<MemberChange> all = running.values().iterator(); all.hasNext(); ) {
      MemberChange change = all.next();
      change.advance();
      if (change.hasEnded()) {
        all.remove();
      }
    }
  }

  long nextDeadlineNanos() {
    long deadline = Long.MAX_VALUE;
    for (MemberChange change : running.values()) {
      deadline = Math.min(deadline, change.nextDeadlineNanos());
    }
    return deadline;
  }

  /** The node stops. */
  void close() {
    running.values().forEach(change -> change.abandon("the node has stopped"));
    running.clear();
  }
}
