package dev.flotilla.raft.runtime;

import dev.flotilla.proto.admin.v1.ChangeMembersProgress;
import dev.flotilla.proto.admin.v1.ChangeStage;
import java.util.SortedMap;

/** Operators' changes of members, one at a time in each group. */
final class MembershipChanges {

  static ChangeMembersProgress refusal(String message) {
    return ChangeMembersProgress.newBuilder()
        .setStage(ChangeStage.CHANGE_STAGE_NOT_APPLIED)
        .setMessage(message)
        .build();
  }

  void start(Mail.ChangeAsked asked, SortedMap<Integer, Replica> replicas, long nowNanos) {
    asked.listener().progress(refusal("not yet"));
  }
}
