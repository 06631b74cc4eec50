package dev.flotilla.bench.micro;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Nothing is measured here: every benchmark is run for an instant, so that none of them rots. */
final class MicroBenchmarksTest {
  @Test
  void everyBenchmarkRuns() throws RunnerException {
    Options anInstant =
        new OptionsBuilder()
            .include("^dev\\.flotilla\\.")
            .forks(0)
            .warmupIterations(0)
            .measurementIterations(1)
            .measurementTime(TimeValue.milliseconds(1))
            .param("keys", "500")
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();

    Collection<RunResult> results = new Runner(anInstant).run();

    assertThat(results)
        .allSatisfy(result -> assertThat(result.getPrimaryResult().getScore()).isPositive());
    assertThat(
            results.stream()
                .map(result -> result.getParams().getBenchmark())
                .map(name -> name.replaceFirst(".*\\.(\\w+)Benchmark\\.\\w+", "$1"))
                .collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(
            "Apply",
            "ClientCodec",
            "FollowerStep",
            "LeaderStep",
            "LogAppend",
            "PeerCodec",
            "RecordRing",
            "RequestMetrics",
            "RingLookup");
  }
}
