package dev.flotilla.bench.micro;

import dev.flotilla.balancer.http.RequestMetrics;
import dev.flotilla.balancer.routing.GroupView;
import dev.flotilla.balancer.routing.KvAnswer;
import dev.flotilla.balancer.routing.KvRequest;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What it costs a balancer to count and time one answer; all threads count into the same. */
@State(Scope.Benchmark)
public class RequestMetricsBenchmark extends MicroBenchmark {
  private static final int GROUP = 1;
  private static final int SLOTS = 16_384;
  private static final long TOOK_NANOS = 350_000;

  private final KvAnswer answer = new KvAnswer.Written(GROUP, 3, 7, true);
  private RequestMetrics metrics;

  @Setup
  public void prepare() {
    metrics =
        new RequestMetrics(
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            List.of(new GroupView(GROUP, "g1", null, 0, SLOTS, List.of())));
  }

  @Benchmark
  public void answered() {
    metrics.leaderCacheHit(GROUP);
    metrics.finished(KvRequest.Op.PUT, answer, TOOK_NANOS);
  }
}
