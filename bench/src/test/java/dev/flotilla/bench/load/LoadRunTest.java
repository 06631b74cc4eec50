package dev.flotilla.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.bench.fake.FakeFormService;
import dev.flotilla.bench.http.FormDialect;
import dev.flotilla.bench.http.HttpDoor;
import dev.flotilla.bench.http.HttpDoorOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LoadRunTest {

  private static final long MILLIS = 1_000_000L;

  private final KeySpace keys = new KeySpace("bench-", 200);
  private final List<Progress.Tick> ticks = new ArrayList<>();
  private FakeFormService service;

  @BeforeEach
  void start() throws IOException {
    service = new FakeFormService(3);
  }

  @AfterEach
  void stop() throws IOException {
    service.close();
  }

  private LoadResult run(Optional<WorkloadFactory> load, WorkloadFactory workload, int threads)
      throws IOException, InterruptedException {
    LoadPlan plan =
        new LoadPlan(
            lanes ->
                new HttpDoor(
                    service.address(),
                    lanes,
                    new FormDialect("x"),
                    HttpDoorOptions.DEFAULT,
                    System::nanoTime),
            5,
            threads,
            load,
            500 * MILLIS,
            workload,
            100 * MILLIS,
            300 * MILLIS);
    return new LoadRun(plan, ticks::add, System::nanoTime).run();
  }

  @Test
  void measuresSets() throws Exception {
    LoadResult result = run(Optional.empty(), Workloads.uniformSets(keys, 32, 1), 1);

    assertThat(result.operations()).isPositive();
    assertThat(result.failures()).isEmpty();
    assertThat(result.operationsPerSecond()).isPositive();
    assertThat(result.latencies().getMinValue()).isPositive();
    assertThat(result.successesByGroup().keySet()).containsExactly(1, 2, 3);
    assertThat(result.clientCpuNanos()).isPositive();
    Set<Phase> phases = EnumSet.noneOf(Phase.class);
    ticks.forEach(tick -> phases.add(tick.phase()));
    assertThat(phases).containsExactly(Phase.WARM_UP, Phase.MEASURE);
  }

  @Test
  void readsFindEveryKeyBecauseEveryKeyIsLoadedFirst() throws Exception {
    LoadResult result =
        run(Optional.of(Workloads.loadAll(keys, 32, 1)), Workloads.uniformGets(keys, 32, 1), 2);

    assertThat(service.size()).isEqualTo(200);
    assertThat(result.operations()).isPositive();
    assertThat(result.failures()).isEmpty();
  }

  @Test
  void aFailedSetOfTheLoadIsTriedAgain() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    service.intercept((request, fake) ->
        requests.incrementAndGet() % 3 == 0
            ? FakeFormService.refuse(503, "NO_LEADER", "not_applied")
            : fake.serve(request));
    run(Optional.of(Workloads.loadAll(keys, 32, 1)), Workloads.uniformSets(keys, 32, 1), 1);
    assertThat(service.size()).isEqualTo(200);
  }

  @Test
  void aLoadThatDoesNotEndFailsTheRunAndSaysWhy() {
    service.intercept((_, _) -> FakeFormService.refuse(503, "NO_LEADER", "not_applied"));
    assertThatThrownBy(() ->
            run(Optional.of(Workloads.loadAll(keys, 32, 1)), Workloads.uniformGets(keys, 32, 1), 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("NO_LEADER");
  }

  @Test
  void failuresAreCountedByCodeAndNotAmongTheOperations() throws Exception {
    service.intercept((_, _) -> FakeFormService.refuse(429, "OVERLOADED", "not_applied"));
    LoadResult result = run(Optional.empty(), Workloads.uniformSets(keys, 32, 1), 1);
    assertThat(result.operations()).isZero();
    assertThat(result.failures().keySet()).containsExactly("OVERLOADED");
    assertThat(result.failureCount()).isPositive();
  }

  @Test
  void aMissingKeyIsAMismatch() throws Exception {
    LoadResult result = run(Optional.empty(), Workloads.uniformGets(keys, 32, 1), 1);
    assertThat(result.failures().keySet()).containsExactly("MISMATCH");
  }
}
