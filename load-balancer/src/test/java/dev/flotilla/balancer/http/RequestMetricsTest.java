package dev.flotilla.balancer.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.balancer.routing.FailureCode;
import dev.flotilla.balancer.routing.GroupView;
import dev.flotilla.balancer.routing.KvAnswer;
import dev.flotilla.balancer.routing.KvRequest;
import dev.flotilla.balancer.routing.Outcome;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class RequestMetricsTest {
  private static final int GROUP = 1;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final RequestMetrics metrics =
      new RequestMetrics(registry, List.of(new GroupView(GROUP, "g1", null, 0, 16384, List.of())));

  private double requests(Outcome outcome) {
    return registry
        .get("flotilla_balancer_requests")
        .tags("op", KvRequest.Op.PUT.text(), "group", "g1", "outcome", outcome.text())
        .counter()
        .count();
  }

  private long timed() {
    return registry
        .get("flotilla_balancer_request_duration")
        .tag("op", KvRequest.Op.PUT.text())
        .timer()
        .count();
  }

  @Test
  void anAnswerIsCountedAndTimed() {
    metrics.finished(
        KvRequest.Op.PUT, new KvAnswer.Written(GROUP, 3, 7, false), Duration.ofMillis(2).toNanos());
    assertThat(requests(Outcome.APPLIED)).isOne();
    assertThat(timed()).isOne();
    Histogram micros = metrics.latenciesSinceLastAsked();
    assertThat(micros.getTotalCount()).isOne();
    assertThat(micros.getMaxValue())
        .isCloseTo(TimeUnit.MILLISECONDS.toMicros(2), Offset.offset(20L));
    assertThat(metrics.totals().get(GROUP).writes()).isOne();
  }

  /** Otherwise an outage would make the median look better. */
  @Test
  void whatIsRefusedAtOnceIsCountedButNotTimed() {
    metrics.refused(
        KvRequest.Op.PUT,
        new KvAnswer.Failed(GROUP, 3, FailureCode.NO_LEADER, Outcome.NOT_APPLIED, "no leader"));
    assertThat(requests(Outcome.NOT_APPLIED)).isOne();
    assertThat(timed()).isZero();
    assertThat(metrics.latenciesSinceLastAsked().getTotalCount()).isZero();
    assertThat(metrics.totals().get(GROUP).failed()).isOne();
    assertThat(metrics.totalsByOp()).containsEntry(KvRequest.Op.PUT, 1L);
  }
}
