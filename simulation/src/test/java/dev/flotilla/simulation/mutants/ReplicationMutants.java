package dev.flotilla.simulation.mutants;

import java.util.List;

/** Logs, acknowledgements and commits. */
final class ReplicationMutants {
  private static final String CORE = "raft-node/src/main/java/dev/flotilla/raft/core/";

  private ReplicationMutants() {}

  static List<Mutant> all() {
    return List.of(
        Mutant.of(
                "older-term-committed-by-counting",
                "H22",
                "an entry of an older term is committed by counting")
            .in(Focus.TAILS)
            .edit(CORE + "Replication.java", "|| replica.log.termAt(stored) != replica.term()", ""),
        Mutant.of(
                "commit-without-min",
                "H20",
                "the commit index is taken over beyond what the request verified")
            .in(Focus.TAILS)
            .edit(
                CORE + "Following.java",
                "Math.min(request.commitIndex(), verified)",
                "Math.min(request.commitIndex(), log.lastIndex())"),
        Mutant.of(
                "heartbeat-commit-without-min",
                "H20",
                "heartbeats carry the plain commit index, and followers take it")
            .in(Focus.TAILS)
            .edit(
                CORE + "Rounds.java",
                "long commit = Math.min(progress.matchIndex, replica.commitment.index());",
                "long commit = replica.commitment.index();")
            .edit(
                CORE + "Following.java",
                "replica.commitment.advanceTo(heartbeat.commitIndex(), replica.log);",
                "replica.commitment.advanceTo(Math.min(heartbeat.commitIndex(), replica.log.lastIndex()), replica.log);"),
        Mutant.of(
                "ack-before-fsync",
                "H27 H35",
                "a follower acknowledges entries before they are on disk")
            .in(Focus.CRASHES)
            .edit(
                CORE + "Following.java",
                "private void accept(AppendRequest request, long matchIndex) {"
                    + " replica.out.sendWhenDurable(",
                "private void accept(AppendRequest request, long matchIndex) {"
                    + " replica.out.sendNow("),
        Mutant.of(
                "match-from-heartbeat",
                "H19",
                "an answer to a heartbeat counts for everything sent so far")
            .in(Focus.TAILS)
            .edit(
                CORE + "Replication.java",
                "case REPLICATE -> { if (progress.inflights.hasOlderThan(round)) {",
                "case REPLICATE -> { progress.matchIndex = Math.max(progress.matchIndex,"
                    + " progress.nextIndex - 1); if (progress.inflights.hasOlderThan(round)) {"),
        Mutant.of(
                "repeated-append-cuts-the-tail",
                "H21",
                "an append that repeats known entries cuts what follows them")
            .in(Focus.TAILS)
            .edit(
                CORE + "Following.java",
                "return; // a repetition: it says nothing about what follows in our log, which stays (H21)",
                "if (known == 0 || index - 1 <= Math.max(baseIndex,"
                    + " replica.commitment.index())) { return; } known--; index--;"),
        Mutant.of(
                "logs-not-compared",
                "thesis 3.5",
                "an append is taken without looking at the term before it")
            .in(Focus.TAILS)
            .edit(
                CORE + "Following.java",
                "!log.matches(request.prevIndex(), request.prevTerm())",
                "request.prevIndex() > log.lastIndex()"),
        Mutant.of("lost-append-not-noticed", "H43", "an append that got lost is not sent again")
            .in(Focus.TAILS)
            .edit(
                CORE + "Replication.java",
                "if (progress.inflights.hasOlderThan(round)) {",
                "if (progress.inflights.hasOlderThan(0)) {"),
        Mutant.of("lost-probe-not-noticed", "H43", "a probe that got lost is waited for, for ever")
            .in(Focus.TAILS)
            .edit(
                CORE + "Replication.java",
                "if (progress.paused && progress.pausedRound < round) {",
                "if (progress.paused && progress.pausedRound < 0) {"),
        Mutant.of(
                "uncommitted-bytes-never-freed",
                "H52",
                "what was committed still counts as backlog")
            .edit(CORE + "Replication.java", "uncommitted.committed(stored);", ""),
        Mutant.of(
                "leader-without-quorum-goes-on",
                "H16 H25",
                "a leader that nobody answers stays leader")
            .in(Focus.TAILS)
            .edit(
                CORE + "RaftCore.java",
                "if (rounds.quorumLost()) {",
                "if (rounds.quorumLost() && replica.term() < 0) {"));
  }
}
