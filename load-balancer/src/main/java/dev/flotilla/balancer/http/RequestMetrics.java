package dev.flotilla.balancer.http;

import dev.flotilla.balancer.routing.FailureCode;
import dev.flotilla.balancer.routing.GroupView;
import dev.flotilla.balancer.routing.KvAnswer;
import dev.flotilla.balancer.routing.KvRequest;
import dev.flotilla.balancer.routing.Outcome;
import dev.flotilla.balancer.routing.RetryReason;
import dev.flotilla.balancer.routing.RouterEvents;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * Counts what routing reports. Every meter exists from the start, so that counting allocates and
 * looks up nothing.
 */
public final class RequestMetrics implements RouterEvents {
  private static final Duration[] BUCKETS = {
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2_500),
    Duration.ofSeconds(5),
  };

  private static final long MOST_MICROS = TimeUnit.MINUTES.toMicros(10);

  private final Map<Integer, GroupMeters> groups = new HashMap<>();
  private final Map<KvRequest.Op, Timer> durations = new EnumMap<>(KvRequest.Op.class);

  /** Finer than the timers' buckets, for whoever watches; microseconds. */
  private final Recorder latencies = new Recorder(MOST_MICROS, 2);

  /** The groups' names and ids are all that is used of them. */
  public RequestMetrics(MeterRegistry registry, List<GroupView> views) {
    for (GroupView view : views) {
      groups.put(view.id(), new GroupMeters(registry, view.name()));
    }
    for (KvRequest.Op op : KvRequest.Op.values()) {
      durations.put(
          op,
          Timer.builder("flotilla_balancer_request_duration")
              .description("From a request's arrival at routing to its answer, retries included.")
              .tag("op", op.text())
              .serviceLevelObjectives(BUCKETS)
              .register(registry));
    }
  }

  private static final class GroupMeters {
    final Map<KvRequest.Op, Map<Outcome, Counter>> requests = new EnumMap<>(KvRequest.Op.class);
    final Map<RetryReason, Counter> retries = new EnumMap<>(RetryReason.class);
    final Counter cacheHits;
    final Counter cacheMisses;
    final Counter redirects;
    final Map<FailureCode, Counter> failures = new EnumMap<>(FailureCode.class);

    GroupMeters(MeterRegistry registry, String group) {
      for (KvRequest.Op op : KvRequest.Op.values()) {
        Map<Outcome, Counter> outcomes = new EnumMap<>(Outcome.class);
        for (Outcome outcome : Outcome.values()) {
          outcomes.put(
              outcome,
              Counter.builder("flotilla_balancer_requests")
                  .description("Requests answered.")
                  .tags("op", op.text(), "group", group, "outcome", outcome.text())
                  .register(registry));
        }
        requests.put(op, outcomes);
      }
      for (RetryReason reason : RetryReason.values()) {
        retries.put(
            reason,
            Counter.builder("flotilla_balancer_retries")
                .description("Requests sent once more.")
                .tags("group", group, "reason", reason.text())
                .register(registry));
      }
      for (FailureCode code : FailureCode.values()) {
        failures.put(
            code,
            Counter.builder("flotilla_balancer_failures")
                .description("Requests that got no answer of the group's state machine.")
                .tags("group", group, "code", code.name().toLowerCase(Locale.ROOT))
                .register(registry));
      }
      cacheHits =
          Counter.builder("flotilla_balancer_leader_cache_hits")
              .description("Requests whose group's leader was known.")
              .tag("group", group)
              .register(registry);
      cacheMisses =
          Counter.builder("flotilla_balancer_leader_cache_misses")
              .description("Requests that had to wait for their group's leader to be found.")
              .tag("group", group)
              .register(registry);
      redirects =
          Counter.builder("flotilla_balancer_redirects")
              .description("Times a node sent a request elsewhere.")
              .tag("group", group)
              .register(registry);
    }
  }

  @Override
  public void leaderCacheHit(int group) {
    GroupMeters meters = groups.get(group);
    if (meters != null) {
      meters.cacheHits.increment();
    }
  }

  @Override
  public void leaderCacheMiss(int group) {
    GroupMeters meters = groups.get(group);
    if (meters != null) {
      meters.cacheMisses.increment();
    }
  }

  @Override
  public void redirected(int group) {
    GroupMeters meters = groups.get(group);
    if (meters != null) {
      meters.redirects.increment();
    }
  }

  @Override
  public void retried(int group, RetryReason reason) {
    GroupMeters meters = groups.get(group);
    if (meters != null) {
      increment(meters.retries.get(reason));
    }
  }

  @Override
  public void finished(KvRequest.Op op, KvAnswer answer, long durationNanos) {
    count(op, answer);
    latencies.recordValue(Math.clamp(TimeUnit.NANOSECONDS.toMicros(durationNanos), 0, MOST_MICROS));
    Timer duration = durations.get(op);
    if (duration != null) {
      duration.record(durationNanos, TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void refused(KvRequest.Op op, KvAnswer.Failed answer) {
    count(op, answer);
  }

  private void count(KvRequest.Op op, KvAnswer answer) {
    GroupMeters meters = groups.get(answer.group());
    if (meters == null) {
      return;
    }
    Map<Outcome, Counter> outcomes = meters.requests.get(op);
    increment(outcomes == null ? null : outcomes.get(answer.outcome()));
    if (answer instanceof KvAnswer.Failed failed) {
      increment(meters.failures.get(failed.code()));
    }
  }

  /** Since the process began. */
  record Totals(long reads, long writes, long failed, long retries) {}

  /** What was counted for each group, by its id. */
  Map<Integer, Totals> totals() {
    Map<Integer, Totals> totals = new HashMap<>();
    groups.forEach((id, meters) -> totals.put(id, totals(meters)));
    return totals;
  }

  private static Totals totals(GroupMeters meters) {
    long reads = 0;
    long writes = 0;
    for (Map.Entry<KvRequest.Op, Map<Outcome, Counter>> op : meters.requests.entrySet()) {
      long count = sum(op.getValue().values());
      switch (op.getKey()) {
        case GET, SCAN -> reads += count;
        case PUT, DELETE, TOUCH -> writes += count;
      }
    }
    return new Totals(reads, writes, sum(meters.failures.values()), sum(meters.retries.values()));
  }

  /** Requests answered since the process began, by kind. */
  Map<KvRequest.Op, Long> totalsByOp() {
    Map<KvRequest.Op, Long> totals = new EnumMap<>(KvRequest.Op.class);
    for (GroupMeters meters : groups.values()) {
      meters.requests.forEach(
          (op, outcomes) -> totals.merge(op, sum(outcomes.values()), Long::sum));
    }
    return totals;
  }

  /** How long requests took since this was last asked, in microseconds. For one caller. */
  Histogram latenciesSinceLastAsked() {
    return latencies.getIntervalHistogram();
  }

  private static long sum(Collection<Counter> counters) {
    double sum = 0;
    for (Counter counter : counters) {
      sum += counter.count();
    }
    return Math.round(sum);
  }

  private static void increment(@Nullable Counter counter) {
    if (counter != null) {
      counter.increment();
    }
  }
}
