package dev.flotilla.launcher.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TimedInputTest {
  /** Gives nothing until it is closed, and fails then. */
  private static final class Silent extends InputStream {
    private final CountDownLatch closed = new CountDownLatch(1);

    @Override
    public int read() throws IOException {
      try {
        closed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new IOException("closed");
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }

  @Test
  void whatComesInTimeIsPassedOn() throws IOException {
    byte[] bytes = "answer".getBytes(StandardCharsets.UTF_8);
    try (TimedInput in = new TimedInput(new ByteArrayInputStream(bytes), Duration.ofSeconds(30))) {
      assertThat(in.read()).isEqualTo('a');
      assertThat(in.readAllBytes()).isEqualTo("nswer".getBytes(StandardCharsets.UTF_8));
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  @Test
  @Timeout(60)
  void aReadThatTakesTooLongFails() throws IOException {
    try (TimedInput in = new TimedInput(new Silent(), Duration.ofMillis(1))) {
      assertThatExceptionOfType(HttpTimeoutException.class)
          .isThrownBy(() -> in.readNBytes(10))
          .withMessage("the answer stopped coming");
    }
  }
}
