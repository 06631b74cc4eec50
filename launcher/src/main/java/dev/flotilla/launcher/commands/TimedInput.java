package dev.flotilla.launcher.commands;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * An answer's body that comes in time: a read that takes too long closes the body and fails. (The
 * HTTP client's own timeout ends with the answer's head.)
 */
final class TimedInput extends FilterInputStream {
  private final Duration timeout;
  private final ScheduledThreadPoolExecutor alarm;
  private volatile boolean tooLate;

  /**
   * @param timeout of one read
   */
  TimedInput(InputStream in, Duration timeout) {
    super(in);
    this.timeout = timeout;
    this.alarm =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("body-timeout").factory());
    alarm.setRemoveOnCancelPolicy(true);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    ScheduledFuture<?> late = alarm.schedule(this::giveUp, timeout.toNanos(), TimeUnit.NANOSECONDS);
    try {
      return in.read(bytes, offset, length);
    } catch (IOException e) {
      if (tooLate) {
        HttpTimeoutException timedOut = new HttpTimeoutException("the answer stopped coming");
        timedOut.initCause(e);
        throw timedOut;
      }
      throw e;
    } finally {
      late.cancel(false);
    }
  }

  private void giveUp() {
    tooLate = true;
    try {
      in.close();
    } catch (IOException e) {
      // Whoever reads is told.
    }
  }

  @Override
  public void close() throws IOException {
    alarm.shutdownNow();
    super.close();
  }
}
