package dev.flotilla.balancer.wire;

import dev.flotilla.balancer.routing.RouterEnvironment.Cancellable;
import dev.flotilla.balancer.routing.RouterEnvironment.Timer;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One daemon thread that runs what is due. Sleeps, without a tick, while nothing is. */
public final class ThreadTimer implements Timer, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ThreadTimer.class);
  private static final Cancellable NOTHING = () -> {};

  private final ScheduledThreadPoolExecutor executor;

  public ThreadTimer(String threadName) {
    executor =
        new ScheduledThreadPoolExecutor(
            1, task -> Thread.ofPlatform().daemon().name(threadName).unstarted(task));
    // Nearly every timer is cancelled long before it is due; kept until then they would pile up.
    executor.setRemoveOnCancelPolicy(true);
    // Here and not with the first task, whose thread belongs to a web application and would pass on
    // its class loader.
    executor.prestartCoreThread();
  }

  @Override
  public Cancellable after(long delayNanos, Runnable task) {
    try {
      Future<?> future =
          executor.schedule(() -> run(task), Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    } catch (RejectedExecutionException e) {
      // Closed: whoever still waits is told by the connections, which are closed too.
      log.debug("a timer was set after the end", e);
      return NOTHING;
    }
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      log.error("a timer's task failed", e);
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
