package dev.flotilla.simulation.mutants;

import java.util.List;

/** Elections, votes and terms. */
final class ElectionMutants {
  private static final String CORE = "raft-node/src/main/java/dev/flotilla/raft/core/";

  private ElectionMutants() {}

  static List<Mutant> all() {
    return List.of(
        Mutant.of(
                "vote-answered-before-durable",
                "H10 H11",
                "a vote is answered before it is on disk")
            .in(Focus.ELECTIONS)
            .edit(
                CORE + "Election.java",
                "replica.out.sendWhenDurable(new VoteReply(replica.self, request.from(), replica.term(), grant));",
                "replica.out.sendNow(new VoteReply(replica.self, request.from(), replica.term(), grant));"),
        Mutant.of(
                "vote-request-before-durable",
                "H11",
                "votes are asked for before the own one is on disk")
            .in(Focus.ELECTIONS)
            .edit(
                CORE + "Election.java",
                "replica.out.sendWhenDurable( new VoteRequest(",
                "replica.out.sendNow( new VoteRequest("),
        Mutant.of(
                "vote-forgotten-within-a-term",
                "H12",
                "whoever asks next in a term gets a vote too")
            .in(Focus.ELECTIONS)
            .edit(
                CORE + "Election.java",
                "boolean free = replica.ballot.vote() == request.from() ||"
                    + " (replica.ballot.vote() == HardState.NO_VOTE && replica.leader == 0);",
                "boolean free = replica.role != Role.LEADER;")
            .edit(CORE + "Ballot.java", "if (vote != HardState.NO_VOTE) {", "if (term < 0) {")
            .edit(
                CORE + "Invariants.java",
                "term > termBefore || voteBefore == HardState.NO_VOTE || replica.ballot.vote() == voteBefore",
                "true"),
        Mutant.of("vote-not-remembered", "H10", "the vote is not among what is written to disk")
            .in(Focus.ELECTIONS)
            .edit(
                CORE + "Ballot.java",
                "return new HardState(term, vote);",
                "return new HardState(term, HardState.NO_VOTE);")
            .edit(CORE + "Election.java", "&& hardState.vote() == replica.self", ""),
        Mutant.of(
                "duplicate-votes-counted", "thesis 3.4", "a repeated answer counts as another vote")
            .in(Focus.ELECTIONS)
            .edit(
                CORE + "VoteTally.java",
                "granted.add(voter);",
                "repeated += granted.add(voter) ? 0 : 1;")
            .edit(
                CORE + "VoteTally.java",
                "private final Quorum quorum;",
                "private final Quorum quorum; private int repeated;")
            .edit(
                CORE + "VoteTally.java",
                "if (quorum.holds(granted::contains)) {",
                "int[] spare = {repeated}; if (quorum.holds(voter ->"
                    + " granted.contains(voter) || spare[0]-- > 0)) {"),
        Mutant.of("refusals-counted-as-votes", "thesis 3.4", "a refusal counts as a vote")
            .in(Focus.ELECTIONS)
            .edit(
                CORE + "Election.java",
                "answers.record(reply.from(), reply.granted()); resolve(answers); } void"
                    + " onHardStateDurable",
                "answers.record(reply.from(), true); resolve(answers); } void"
                    + " onHardStateDurable"),
        Mutant.of(
                "stale-replies-accepted",
                "H18",
                "answers to what was sent in an earlier term count")
            .in(Focus.ELECTIONS)
            .edit(CORE + "RaftCore.java", "return reply.term() == replica.term();", "return true;"),
        Mutant.of("freshness-by-length-only", "H14", "the longer log wins, whatever its last term")
            .in(Focus.TAILS)
            .edit(
                CORE + "EntryLog.java",
                "return otherLastTerm > ownTerm || (otherLastTerm == ownTerm && otherLastIndex >= lastIndex);",
                "return otherLastIndex >= lastIndex;"),
        Mutant.of("freshness-by-term-only", "H14", "the newer last term wins, whatever the length")
            .in(Focus.ELECTIONS)
            .edit(
                CORE + "EntryLog.java",
                "return otherLastTerm > ownTerm || (otherLastTerm == ownTerm && otherLastIndex >= lastIndex);",
                "return otherLastTerm >= ownTerm;"),
        Mutant.of(
                "loyalty-forgotten",
                "H4 H49",
                "a follower that hears its leader elects another one, leases or not")
            .in(Focus.LEASES)
            .edit(
                CORE + "Election.java",
                "return !request.leadershipTransfer() && isLoyal();",
                "return false;")
            .edit(CORE + "Election.java", "&& !isLoyal()", "")
            .edit(
                CORE + "Election.java",
                "return replica.options.leaseReads() ? Math.max(deadline,"
                    + " leaderContactNanos + replica.options.electionTimeoutMinNanos()) :"
                    + " deadline;",
                "return deadline;"),
        Mutant.of(
                "hopeless-candidate-keeps-its-term",
                "H15",
                "a leader of an older term is not told so")
            .within(500)
            .in(Focus.TAILS)
            .edit(
                CORE + "Following.java",
                "void answerStaleLeader(Message message) {",
                "void answerStaleLeader(Message message) { if (message.term() > 0) {"
                    + " return; }")
            .edit(
                CORE + "Election.java",
                "grant ? request.term() : replica.term(),",
                "grant ? request.term() : 0,"));
  }
}
