package dev.flotilla.bench.compare.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.bench.compare.fake.InMemoryDoors;
import dev.flotilla.bench.compare.result.Cell;
import dev.flotilla.bench.compare.result.Measured;
import dev.flotilla.bench.door.CallbackDoor;
import dev.flotilla.bench.door.DoorFactory;
import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.Operation;
import dev.flotilla.bench.door.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class TurnTest {

  private static final int KEYS = 100;
  private static final Turn.Plan SHORT =
      new Turn.Plan(
          KEYS,
          16,
          TimeUnit.MILLISECONDS.toNanos(20),
          TimeUnit.MILLISECONDS.toNanos(20),
          TimeUnit.MILLISECONDS.toNanos(10),
          TimeUnit.MILLISECONDS.toNanos(50),
          8);

  private final InMemoryDoors system = new InMemoryDoors();
  private final Set<String> shapes = ConcurrentHashMap.newKeySet();
  private final CpuClock self =
      new CpuClock(Path.of("/proc"), List.of(ProcessHandle.current().pid()));

  @Test
  void everyCellIsMeasuredInItsOrderAndItsKeysExist() throws Exception {
    List<Cell> cells =
        List.of(
            Cell.parse("a:set:4"),
            Cell.parse("a:get:4"),
            Cell.parse("b:get:2"),
            Cell.parse("b:set:1"));
    List<Measured> results = new ArrayList<>();
    new Turn(this::doors, SHORT, self, self, System::nanoTime).run(cells, results::add);

    assertThat(results).extracting(Measured::cell).isEqualTo(cells);
    assertThat(results)
        .allSatisfy(measured -> {
          assertThat(measured.operations()).isPositive();
          assertThat(measured.failures()).isZero();
          assertThat(measured.operationsPerSecond()).isPositive();
          assertThat(measured.p99Micros()).isGreaterThanOrEqualTo(measured.p50Micros());
        });
    assertThat(system.store).hasSize(KEYS);
    assertThat(shapes).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void theFirstAnswerIsWaitedFor() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    new FirstAnswer(System::nanoTime)
        .await(
            () -> {
              if (tries.incrementAndGet() == 1) {
                throw new IOException("nobody listens");
              }
              return tries.get() == 2 ? refusing() : doors("a");
            },
            TimeUnit.SECONDS.toNanos(30));
    assertThat(tries).hasValue(3);
    assertThat(system.store).hasSize(1);
  }

  @Test
  void aSystemThatNeverAnswersIsGivenUpWithTheReason() {
    AtomicInteger seconds = new AtomicInteger();
    LongSupplier quick = () -> TimeUnit.SECONDS.toNanos(seconds.getAndIncrement());
    assertThatThrownBy(
            () -> new FirstAnswer(quick).await(TurnTest::refusing, TimeUnit.SECONDS.toNanos(2)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("NO_LEADER");
  }

  private DoorFactory doors(String shape) {
    shapes.add(shape);
    return system.open();
  }

  private static DoorFactory refusing() {
    return lanes -> new CallbackDoor(lanes, new Refusing());
  }

  private static final class Refusing implements CallbackDoor.Client {
    @Override
    public void call(int lane, Operation operation, CallbackDoor.Answer answer) {
      answer.failed(new Failure("NO_LEADER", Outcome.NOT_APPLIED, "none yet"));
    }

    @Override
    public void close() {}
  }
}
