package dev.flotilla.simulation.workload;

import dev.flotilla.balancer.routing.CallOptions;
import dev.flotilla.balancer.routing.CallerIdentity;
import dev.flotilla.balancer.routing.KvAnswer;
import dev.flotilla.balancer.routing.Outcome;
import dev.flotilla.history.Recorder;
import dev.flotilla.simulation.check.Mark;
import dev.flotilla.simulation.check.Marks;
import dev.flotilla.simulation.world.Balancer;
import dev.flotilla.simulation.world.World;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client: one operation at a time, with pauses. It waits for an answer as long as the router
 * may take and a little more; a client that numbers its commands itself sends one that is in doubt
 * again, with the same number, through whichever balancer comes next.
 */
final class SimulatedClient {
  private static final long NANOS_PER_MILLI = 1_000_000L;
  private static final long CALL_TIMEOUT_NANOS = 2_000 * NANOS_PER_MILLI;

  /** Beyond the router's own deadline: its process must have gone. */
  private static final long PATIENCE_NANOS = CALL_TIMEOUT_NANOS + 500 * NANOS_PER_MILLI;

  private static final int MOST_ATTEMPTS = 4;

  private final World world;
  private final Marks marks;
  private final WorkloadPlan plan;
  private final Operations operations;
  private final Recorder.Worker worker;
  private final ReadsCheck reads;
  private final SplittableRandom random;
  private final boolean numbersItself;
  private final long clientHigh;
  private final long clientLow;
  private int left;
  private long seq;

  /** Everything below this was answered and is never sent again. */
  private long ackedBelow = 1;

  private long callNumber;
  private boolean busy;
  private boolean stopped;

  SimulatedClient(
      World world,
      Marks marks,
      WorkloadPlan plan,
      Operations operations,
      Recorder.Worker worker,
      ReadsCheck reads,
      SplittableRandom random) {
    this.world = world;
    this.marks = marks;
    this.plan = plan;
    this.operations = operations;
    this.worker = worker;
    this.reads = reads;
    this.random = random;
    this.numbersItself = random.nextInt(100) < plan.ownIdentityPercent();
    this.clientHigh = random.nextLong();
    this.clientLow = random.nextLong() | 1;
    this.left = plan.operations();
  }

  void start() {
    think();
  }

  /** No new operations from now on. */
  void stop() {
    stopped = true;
  }

  boolean isBusy() {
    return busy;
  }

  private void think() {
    long pause = (long) (-Math.log(1 - random.nextDouble()) * plan.thinkMillis() * 1e6);
    world
        .timeline()
        .after(
            pause,
            () -> {
              if (!stopped && left > 0) {
                left--;
                begin();
              }
            });
  }

  private void begin() {
    Operations.Drawn drawn = operations.draw(random);
    if (drawn == null) {
      return;
    }
    busy = true;
    @Nullable CallerIdentity identity = null;
    if (numbersItself && drawn.request().command()) {
      identity = new CallerIdentity(clientHigh, clientLow, ++seq, ackedBelow);
    }
    Recorder.Pending pending = drawn.judged() ? worker.begin(drawn.key(), drawn.action()) : null;
    attempt(new Call(drawn, identity, pending, reads.begin(drawn.key())), random.nextInt(1_000), 1);
  }

  private record Call(
      Operations.Drawn drawn,
      @Nullable CallerIdentity identity,
      Recorder.@Nullable Pending pending,
      ReadsCheck.Since since) {}

  private void attempt(Call call, int through, int attempt) {
    Balancer balancer = world.balancers().get(through % world.balancers().size());
    long number = ++callNumber;
    int life = balancer.lives();
    balancer
        .router()
        .execute(call.drawn().request(), new CallOptions(CALL_TIMEOUT_NANOS, call.identity()))
        .thenAccept(answer -> {
          if (number == callNumber && life == balancer.lives()) {
            callNumber++;
            answered(call, through, attempt, answer);
          }
        });
    world
        .timeline()
        .after(
            PATIENCE_NANOS,
            () -> {
              if (number == callNumber) {
                callNumber++;
                inDoubt(call, through, attempt);
              }
            });
  }

  private void answered(Call call, int through, int attempt, KvAnswer answer) {
    world
        .trace()
        .event(0, call.drawn().action().toString(), worker.process(), answer.term(), attempt);
    if (answer instanceof KvAnswer.Failed failed) {
      marks.hit(failed.outcome() == Outcome.UNKNOWN ? Mark.COMMAND_UNKNOWN : Mark.COMMAND_REFUSED);
      if (failed.outcome() == Outcome.UNKNOWN) {
        inDoubt(call, through, attempt);
      } else {
        end(call, Recorder.Pending::refused);
      }
      return;
    }
    marks.hitIf(attempt > 1, Mark.CLIENT_RETRY_APPLIED);
    operations.learn(call.drawn().key(), answer);
    reads.answered(call.drawn().key(), call.since(), answer);
    mark(call, answer);
    ackedBelow = seq + 1;
    end(call, pending -> pending.ok(Operations.answer(answer)));
  }

  private void mark(Call call, KvAnswer answer) {
    switch (answer) {
      case KvAnswer.Found found -> {
        marks.hit(Mark.READ_FOUND);
        marks.hitIf(
            call.since().term() != 0 && found.term() > call.since().term(),
            Mark.READ_AFTER_CHANGE_OF_LEADER);
        marks.hitIf(call.drawn().lease(), Mark.LEASE_READ_ANSWERED);
      }
      case KvAnswer.Absent absent -> marks.hit(Mark.READ_ABSENT);
      case KvAnswer.ConditionFailed failed -> marks.hit(Mark.COMPARE_FAILED);
      case KvAnswer.Written written ->
          marks.hitIf(call.drawn().conditional(), Mark.COMPARE_SUCCEEDED);
      case KvAnswer.Keys keys -> {}
      case KvAnswer.Failed failed -> {}
    }
  }

  private void inDoubt(Call call, int through, int attempt) {
    if (call.identity() != null && attempt < MOST_ATTEMPTS) {
      record(call, Recorder.Pending::attemptInDoubt);
      attempt(call, through + 1, attempt + 1);
      return;
    }
    // What is in doubt may still arrive: its number stays in the window for ever.
    end(call, Recorder.Pending::open);
  }

  private static void record(Call call, Consumer<Recorder.Pending> what) {
    Recorder.Pending pending = call.pending();
    if (pending != null) {
      what.accept(pending);
    }
  }

  private void end(Call call, Consumer<Recorder.Pending> how) {
    record(call, how);
    busy = false;
    think();
  }
}
