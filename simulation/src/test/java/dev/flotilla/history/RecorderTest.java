package dev.flotilla.history;

import static dev.flotilla.history.Told.created;
import static dev.flotilla.history.Told.get;
import static dev.flotilla.history.Told.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecorderTest {
  private final AtomicLong nanos = new AtomicLong(100);
  private final Recorder recorder = new Recorder(nanos::get, new Recorder.Bounds(8, 5));

  private List<Operation> operations(String key) {
    return recorder.history().byKey().getOrDefault(key, List.of());
  }

  @Test
  void anOperationLastsFromItsCallToItsAnswer() {
    Recorder.Worker worker = recorder.worker();
    Recorder.Pending pending = worker.begin("k", put("a"));
    nanos.set(250);
    pending.ok(created(1));
    assertThat(operations("k"))
        .containsExactly(new Operation(1, 1, "k", put("a"), 100, 250, new Outcome.Ok(created(1))));
  }

  @Test
  void aWorkerIsSomebodyElseAfterAnOpenOperation() {
    Recorder.Worker worker = recorder.worker();
    Recorder.Worker other = recorder.worker();
    worker.begin("k", put("a")).open();
    worker.begin("k", put("b")).ok(created(1));
    other.begin("k", put("c")).open();
    assertThat(operations("k")).extracting(Operation::process).containsExactly(1, 3, 2);
    assertThat(worker.process()).isEqualTo(3);
  }

  @Test
  void aRetriedCommandIsOneOperationAndItsRefusalNoLongerMeansThatItDidNotHappen() {
    Recorder.Pending retried = recorder.worker().begin("k", put("a"));
    retried.attemptInDoubt();
    retried.refused();
    assertThat(operations("k")).extracting(Operation::outcome).containsExactly(Outcome.OPEN);
  }

  @Test
  void refusedCommandsAndOpenReadsLeaveNoTrace() {
    recorder.worker().begin("k", put("a")).refused();
    recorder.worker().begin("k", get()).open();
    recorder.worker().begin("k", get());
    assertThat(operations("k")).isEmpty();
  }

  @Test
  void whatIsStillUnderWayIsOpen() {
    recorder.worker().begin("k", put("a"));
    assertThat(operations("k")).extracting(Operation::outcome).containsExactly(Outcome.OPEN);
  }

  @Test
  void momentsAreToldApartWhereTheClockDoesNot() {
    Recorder.Worker worker = recorder.worker();
    worker.begin("k", put("a")).ok(created(1));
    worker.begin("k", get()).ok(new Answer.Found("a", 1));
    List<Operation> told = operations("k");
    assertThat(told.get(0).returnNanos()).isLessThan(told.get(1).callNanos());
  }

  @Test
  void boundsAreKept() {
    Recorder.Worker worker = recorder.worker();
    for (int i = 0; i < 5; i++) {
      worker.begin("k", put("v" + i)).refused();
    }
    assertThat(recorder.room("k")).isZero();
    assertThatThrownBy(() -> worker.begin("k", get())).hasMessageContaining("no room");
    for (int i = 0; i < 7; i++) {
      recorder.worker();
    }
    assertThatThrownBy(recorder::worker).hasMessageContaining("more than 8");
  }

  @Test
  void aWorkerDoesOneThingAtATimeAndEndsItOnce() {
    Recorder.Worker worker = recorder.worker();
    Recorder.Pending pending = worker.begin("k", get());
    assertThatThrownBy(() -> worker.begin("k", get())).hasMessageContaining("busy");
    pending.ok(new Answer.Absent());
    assertThatThrownBy(pending::open).hasMessageContaining("ended already");
  }

  @Test
  void threadsRecordAHistoryThatIsTrue() throws InterruptedException {
    Recorder shared = new Recorder(System::nanoTime, Recorder.Bounds.DEFAULT);
    AtomicLong register = new AtomicLong();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Recorder.Worker worker = shared.worker();
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int n = 0; n < 50; n++) {
                  Recorder.Pending pending =
                      worker.begin("list", new Action.Append(worker.process() + "-" + n));
                  register.incrementAndGet();
                  pending.ok(new Answer.Done());
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(shared.history().size()).isEqualTo(400);
    assertThat(register).hasValue(400);
  }
}
