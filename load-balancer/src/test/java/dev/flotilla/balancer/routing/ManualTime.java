package dev.flotilla.balancer.routing;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that passes when a test says so; what is due runs on the way, in order. */
final class ManualTime implements RouterEnvironment.Ticker, RouterEnvironment.Timer {
  private static final class Task {
    final long atNanos;
    final long number;
    final Runnable action;
    boolean cancelled;

    Task(long atNanos, long number, Runnable action) {
      this.atNanos = atNanos;
      this.number = number;
      this.action = action;
    }
  }

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(
          Comparator.comparingLong((Task task) -> task.atNanos).thenComparingLong(t -> t.number));
  private long now = 1_000_000_000L;
  private long numbers;

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public RouterEnvironment.Cancellable after(long delayNanos, Runnable action) {
    Task task = new Task(now + Math.max(0, delayNanos), numbers++, action);
    tasks.add(task);
    return () -> task.cancelled = true;
  }

  void pass(Duration duration) {
    long until = now + duration.toNanos();
    for (int steps = 0; !tasks.isEmpty() && tasks.peek().atNanos <= until; steps++) {
      if (steps > 1_000_000) {
        throw new AssertionError("time stands still: something reschedules itself without end");
      }
      Task task = tasks.remove();
      now = Math.max(now, task.atNanos);
      if (!task.cancelled) {
        task.action.run();
      }
    }
    now = until;
  }

  long millis() {
    return now / 1_000_000;
  }

  int pending() {
    tasks.removeIf(task -> task.cancelled);
    return tasks.size();
  }
}
