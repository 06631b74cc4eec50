package dev.flotilla.bench.kill;

import java.util.List;
import java.util.stream.LongStream;

/**
 * All rounds in a few numbers, in nanoseconds; 0 where there is nothing to count.
 *
 * @param notRecovered rounds in which no higher term served in time
 */
public record KillSummary(
    int rounds,
    int notRecovered,
    long medianRecoveryNanos,
    long worstRecoveryNanos,
    long medianSilenceNanos,
    long worstSilenceNanos,
    long worstCaughtUpNanos) {

  public static KillSummary of(List<Round> rounds) {
    long[] recoveries =
        rounds.stream().flatMapToLong(round -> round.recoveryNanos().stream()).sorted().toArray();
    long[] silences = rounds.stream().mapToLong(Round::silenceNanos).sorted().toArray();
    return new KillSummary(
        rounds.size(),
        rounds.size() - recoveries.length,
        median(recoveries),
        worst(recoveries),
        median(silences),
        worst(silences),
        worst(rounds.stream().mapToLong(Round::caughtUpNanos).sorted().toArray()));
  }

  private static long median(long[] sorted) {
    if (sorted.length == 0) {
      return 0;
    }
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1
        ? sorted[middle]
        : sorted[middle - 1] + (sorted[middle] - sorted[middle - 1]) / 2;
  }

  private static long worst(long[] values) {
    return LongStream.of(values).max().orElse(0);
  }
}
