package dev.flotilla.launcher.node;

import dev.flotilla.launcher.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import sun.misc.Signal;

/**
 * The wishes to end: Ctrl-C, SIGTERM, a supervisor that is gone, everything running having ended.
 * The first is obeyed in order; a second Ctrl-C ends the process on the spot with 130.
 *
 * <p>A signal handler rather than a shutdown hook: within a hook the JVM neither lets us choose the
 * exit code nor hears the second Ctrl-C.
 */
public final class StopSignals {
  private final CountDownLatch asked = new CountDownLatch(1);
  private final AtomicReference<@Nullable String> reason = new AtomicReference<>();
  private final AtomicInteger interrupts = new AtomicInteger();

  /** Handles INT and TERM from now on. */
  public static StopSignals install() {
    StopSignals signals = new StopSignals();
    Signal.handle(new Signal("TERM"), signal -> signals.stop("SIGTERM"));
    // A supervised child gets Ctrl-C ignored from its start script, because the terminal sends it
    // to the whole process
    // group and the supervisor is the one to say when each child ends. The JVM then refuses a
    // handler of ours.
    if (System.getenv("FLOTILLA_SUPERVISED") == null) {
      Signal.handle(new Signal("INT"), signal -> signals.interrupt());
    }
    return signals;
  }

  private void interrupt() {
    if (interrupts.incrementAndGet() > 1) {
      Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
    }
    stop("Ctrl-C");
  }

  /** Asks to end, once. */
  public void stop(String why) {
    reason.compareAndSet(null, why);
    asked.countDown();
  }

  /**
   * Also ends when standard input does: the supervisor holds the other end, and the kernel closes
   * it however the supervisor dies, so that no node is left running unnoticed.
   */
  public void watchSupervisor(InputStream in) {
    Thread.ofPlatform()
        .daemon()
        .name("supervisor-watch")
        .start(() -> {
          try {
            while (in.read() >= 0) {
              // Nothing is ever written; only the end counts.
            }
          } catch (IOException e) {
            // A broken pipe is an end too.
          }
          stop("the supervisor ended");
        });
  }

  public boolean isAsked() {
    return asked.getCount() == 0;
  }

  /** Waits for the first wish to end and says whose it was. */
  public String await() throws InterruptedException {
    asked.await();
    String why = reason.get();
    return why == null ? "unknown" : why;
  }
}
