package dev.flotilla.simulation.mutants;

import java.util.List;

/** What callers are told. */
final class AnswerMutants {
  private static final String RUNTIME = "raft-node/src/main/java/dev/flotilla/raft/runtime/";
  private static final String ROUTING =
      "load-balancer/src/main/java/dev/flotilla/balancer/routing/";

  private AnswerMutants() {}

  static List<Mutant> all() {
    return List.of(
        Mutant.of(
                "deposed-leader-says-not-applied",
                "H31",
                "a deposed leader says of open commands that they had no effect")
            .within(500)
            .in(Focus.ANSWERS)
            .edit(
                RUNTIME + "ClientDesk.java",
                "undecided(call, ErrorCode.ERROR_CODE_LEADERSHIP_LOST, \"leadership was lost\");",
                "refuse(call, ErrorCode.ERROR_CODE_NOT_LEADER, \"leadership was lost\");"),
        Mutant.of(
                "answer-for-anothers-entry",
                "H9 H18",
                "a command is answered by whatever was committed at its position")
            .in(Focus.RETRIES)
            .edit(
                RUNTIME + "PendingProposals.java",
                "if (head == null || head.index() != index || head.term() != term) {",
                "if (head == null || head.index() != index) {")
            .edit(RUNTIME + "Replica.java", "desk.leadershipLost(handover.target());", ""),
        Mutant.of(
                "timeout-said-not-applied",
                "H31",
                "the router says of a command in doubt that it had no effect")
            .in(Focus.RETRIES)
            .edit(
                ROUTING + "RouteCall.java",
                "unknown ? Outcome.UNKNOWN : Outcome.NOT_APPLIED,",
                "Outcome.NOT_APPLIED,"),
        Mutant.of(
                "retry-with-a-new-number",
                "H57",
                "the router sends a command again with another number")
            .in(Focus.RETRIES)
            .edit(
                ROUTING + "RouteCall.java",
                "channel.command(group.id(), body, timeoutMillis, onReply);",
                "CallerIdentity fresh = ownIdentity && lastTerm >= 0 && sent > 1 ?"
                    + " group.session().begin() : null; channel.command( group.id(), fresh =="
                    + " null ? body : KvCodec.encode(request, router.slots().epoch(), fresh),"
                    + " timeoutMillis, onReply);"));
  }
}
