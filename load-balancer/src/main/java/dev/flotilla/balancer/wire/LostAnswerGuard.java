package dev.flotilla.balancer.wire;

import dev.flotilla.balancer.ring.SlotTable;
import dev.flotilla.balancer.routing.CallOptions;
import dev.flotilla.balancer.routing.FailureCode;
import dev.flotilla.balancer.routing.GroupView;
import dev.flotilla.balancer.routing.KvAnswer;
import dev.flotilla.balancer.routing.KvRequest;
import dev.flotilla.balancer.routing.KvService;
import dev.flotilla.balancer.routing.Outcome;
import dev.flotilla.balancer.routing.RouterEnvironment.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * Bounds the time a request may take whatever routing does. Routing keeps every request's deadline;
 * should it ever lose one, the caller is answered here, seconds later, and a place among those
 * admitted is not lost for good. One look a second at all who wait, instead of a timer for each.
 */
public final class LostAnswerGuard implements KvService {
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final KvService service;
  private final Timer timer;
  private final long mostLooks;
  private final IntConsumer alarm;

  /** Answers that are awaited, with the look before they were asked for. */
  private final Map<CompletableFuture<KvAnswer>, Long> awaited = new ConcurrentHashMap<>();

  private volatile long looks;

  /**
   * @param most what no answer takes longer than; counted in whole seconds
   * @param alarm told how many were lost
   */
  public LostAnswerGuard(KvService service, Timer timer, Duration most, IntConsumer alarm) {
    this.service = service;
    this.timer = timer;
    this.mostLooks = most.toSeconds() + 1;
    this.alarm = alarm;
    timer.after(LOOK_NANOS, this::look);
  }

  @Override
  public CompletableFuture<KvAnswer> execute(KvRequest request, CallOptions options) {
    CompletableFuture<KvAnswer> answer = service.execute(request, options);
    if (!answer.isDone()) {
      awaited.put(answer, looks);
      // After the put, so that an answer that came in between is removed too.
      answer.whenComplete((done, failure) -> awaited.remove(answer));
    }
    return answer;
  }

  private void look() {
    long now = looks + 1;
    looks = now;
    int lost = 0;
    for (Map.Entry<CompletableFuture<KvAnswer>, Long> entry : awaited.entrySet()) {
      if (now - entry.getValue() > mostLooks
          && entry
              .getKey()
              .complete(
                  new KvAnswer.Failed(
                      0,
                      0,
                      FailureCode.INTERNAL,
                      Outcome.UNKNOWN,
                      "the balancer lost sight of the request"))) {
        lost++;
      }
    }
    if (lost > 0) {
      alarm.accept(lost);
    }
    timer.after(LOOK_NANOS, this::look);
  }

  /** Requests without an answer yet. */
  int awaited() {
    return awaited.size();
  }

  @Override
  public CompletableFuture<List<GroupView>> probeLeaders() {
    return service.probeLeaders();
  }

  @Override
  public List<GroupView> groups() {
    return service.groups();
  }

  @Override
  public SlotTable slots() {
    return service.slots();
  }
}
