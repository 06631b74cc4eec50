package dev.flotilla.raft.transport;

import dev.flotilla.proto.admin.v1.MemberStatus;
import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.ReplicaStatus;
import dev.flotilla.proto.admin.v1.Role;
import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.Member;
import dev.flotilla.proto.client.v1.Members;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.proto.client.v1.Request;
import org.jspecify.annotations.Nullable;

/** A node's status as the answer to a client that asks who belongs to a group. */
public final class MembersAnswer {
  private MembersAnswer() {}

  /**
   * @param status null when the node did not say
   */
  public static Reply of(Request request, @Nullable NodeStatus status) {
    if (status == null) {
      return refusal(request, ErrorCode.ERROR_CODE_SHUTTING_DOWN, "this node does not answer");
    }
    for (ReplicaStatus replica : status.getReplicasList()) {
      if (replica.getGroup() == request.getGroup()) {
        return of(request, status.getNode(), replica);
      }
    }
    return refusal(
        request, ErrorCode.ERROR_CODE_UNKNOWN_GROUP, "this node does not host the group");
  }

  private static Reply of(Request request, int self, ReplicaStatus replica) {
    Members.Builder members =
        Members.newBuilder()
            .setTerm(replica.getMembershipTerm())
            .setIndex(replica.getMembershipIndex())
            .setChanging(!replica.getMembershipSettled());
    boolean named = false;
    for (MemberStatus member : replica.getMembersList()) {
      named |= member.getNode() == self;
      members.addMembers(
          Member.newBuilder()
              .setNode(member.getNode())
              .setAddress(member.getAddress())
              .setVoter(member.getVoter()));
    }
    if (!named && replica.getRole() == Role.ROLE_LEADER) {
      // It leads until its own removal is committed, and is still the one to send requests to.
      members.addMembers(Member.newBuilder().setNode(self));
    }
    return Reply.newBuilder()
        .setId(request.getId())
        .setOutcome(Outcome.OUTCOME_APPLIED)
        .setTerm(replica.getTerm())
        .setMembers(members)
        .build();
  }

  private static Reply refusal(Request request, ErrorCode error, String message) {
    return Reply.newBuilder()
        .setId(request.getId())
        .setOutcome(Outcome.OUTCOME_NOT_APPLIED)
        .setError(error)
        .setMessage(message)
        .build();
  }
}
