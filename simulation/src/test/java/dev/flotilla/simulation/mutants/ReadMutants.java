package dev.flotilla.simulation.mutants;

import java.util.List;

/** Reads: rounds, leases, applied state. */
final class ReadMutants {
  private static final String CORE = "raft-node/src/main/java/dev/flotilla/raft/core/";
  private static final String RUNTIME = "raft-node/src/main/java/dev/flotilla/raft/runtime/";

  private ReadMutants() {}

  static List<Mutant> all() {
    return List.of(
        Mutant.of(
                "read-before-commit-of-the-term",
                "H1",
                "a new leader reads before an entry of its term is committed")
            .in(Focus.READS)
            .edit(
                CORE + "ReadIndex.java",
                "boolean current = replica.committedInTerm();",
                "boolean current = true;")
            .edit(
                CORE + "ReadIndex.java",
                "if (gathering.count > 0 && replica.committedInTerm()) {",
                "if (gathering.count > 0) {"),
        Mutant.of(
                "read-joins-an-older-round",
                "H2 H3",
                "a read is confirmed by any answer that comes after it")
            .in(Focus.READS)
            .edit(
                CORE + "ReadIndex.java",
                "gathering.round = rounds.current();",
                "gathering.round = Math.min(rounds.current(), rounds.confirmed() + 1);"),
        Mutant.of(
                "read-without-a-quorum", "H3", "a read does not wait for its round to be answered")
            .in(Focus.READS)
            .edit(
                CORE + "ReadIndex.java",
                "long confirmed = awaited.isEmpty() ? 0 : rounds.confirmed();",
                "long confirmed = awaited.isEmpty() ? 0 : rounds.current();"),
        Mutant.of(
                "lease-from-the-answer",
                "H4",
                "a lease begins when the answer arrives, not when the round was sent")
            .in(Focus.LEASES)
            .edit(
                CORE + "Rounds.java",
                "progress.ackedRoundSentNanos = sentNanos[(int) (answeredRound % REMEMBERED)];",
                "progress.ackedRoundSentNanos = replica.nowNanos;"),
        Mutant.of("lease-kept-in-a-transfer", "H7", "a leader that hands over keeps its lease")
            .within(500)
            .in(Focus.LEASES)
            .edit(CORE + "ReadIndex.java", "&& !transfer.hasForfeitedLease()", "")
            .edit(
                CORE + "ReadIndex.java",
                "if (transfer.isHandingOver()) {",
                "if (transfer.isHandingOver() && !lease) {"),
        Mutant.of("time-by-the-wall-clock", "H5", "timeouts and leases follow the wall clock")
            .in(Focus.LEASES)
            .edit(
                RUNTIME + "NodeRecovery.java",
                "this.env = env;",
                "dev.flotilla.raft.env.Clock clock = env.clock(); this.env = new"
                    + " NodeEnvironment( new dev.flotilla.raft.env.Clock() { private long"
                    + " lastNanos; @Override public long nanoTime() { lastNanos ="
                    + " Math.max(lastNanos, clock.wallMillis() * 1_000_000); return lastNanos;"
                    + " } @Override public long wallMillis() { return clock.wallMillis(); } },"
                    + " env.disk(), env.transport(), env.random());"));
  }
}
