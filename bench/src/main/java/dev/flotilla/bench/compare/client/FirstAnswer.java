package dev.flotilla.bench.compare.client;

import dev.flotilla.bench.door.Answers;
import dev.flotilla.bench.door.Door;
import dev.flotilla.bench.door.DoorFactory;
import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.Operation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Waits until a system that was just started answers a write: then it has a leader and a disk. */
final class FirstAnswer implements Answers {

  private static final long PAUSE_NANOS = 100_000_000L;
  private static final byte[] KEY = "bench-first".getBytes(StandardCharsets.US_ASCII);

  /** Finds the doors; tried again when it fails. */
  @FunctionalInterface
  interface Opener {
    DoorFactory doors() throws IOException;
  }

  private final LongSupplier nanoTime;
  private boolean answered;
  private boolean succeeded;
  private @Nullable String lastFailure;

  FirstAnswer(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * @throws IOException when no write succeeds in that time
   */
  void await(Opener opener, long maxNanos) throws IOException {
    long began = nanoTime.getAsLong();
    while (!succeeded) {
      if (nanoTime.getAsLong() - began > maxNanos) {
        throw new IOException("no write was answered in time; last failure: " + lastFailure);
      }
      tryOnce(opener);
      if (!succeeded) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  private void tryOnce(Opener opener) {
    // Each try has a new door: some clients never recover from having found nobody.
    try (Door door = opener.doors().open(1)) {
      answered = false;
      door.submit(0, new Operation.Set(KEY, KEY));
      while (!answered) {
        door.poll(PAUSE_NANOS, this);
      }
    } catch (IOException e) {
      lastFailure = e.toString();
    }
  }

  @Override
  public void succeeded(int lane, Operation operation, int group, long revision) {
    answered = true;
    succeeded = true;
  }

  @Override
  public void failed(int lane, Operation operation, Failure failure) {
    answered = true;
    lastFailure = failure.toString();
  }
}
