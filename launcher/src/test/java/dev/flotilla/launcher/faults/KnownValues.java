package dev.flotilla.launcher.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;

/** One writer whose every write succeeds in the end, and who knows what must be there. */
final class KnownValues implements AutoCloseable {
  private static final int KEYS = 200;
  private static final int VALUE_BYTES = 16 << 10;
  private static final int TIMEOUT_MILLIS = 5_000;

  private final PlainHttp http;
  private final Map<String, String> values = new TreeMap<>();
  private long written;

  KnownValues(String balancer) {
    this.http = new PlainHttp(balancer);
  }

  /** Writes so many values over the keys there are, in turn. */
  void write(int count) {
    for (int i = 0; i < count; i++) {
      String key = "known-" + written % KEYS;
      String value = ++written + "|" + "v".repeat(VALUE_BYTES);
      // A plain put of the same value again is harmless: nobody else writes here.
      Awaitility.await("written: " + key)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> put(key, value));
      values.put(key, value);
    }
  }

  private boolean put(String key, String value) {
    try {
      PlainHttp.Answer answer =
          http.send(
              "PUT",
              "/v1/kv/" + key,
              Map.of(),
              value.getBytes(StandardCharsets.ISO_8859_1),
              TIMEOUT_MILLIS);
      return answer.status() == 200 || answer.status() == 201;
    } catch (IOException e) {
      return false;
    }
  }

  /** Reads every value once, with as many attempts as it takes to be answered. */
  void assertAllThere() {
    List<String> wrong = new ArrayList<>();
    values.forEach((key, value) -> {
      PlainHttp.Answer answer =
          Awaitility.await("read: " + key)
              .pollDelay(Duration.ZERO)
              .pollInterval(Duration.ofMillis(50))
              .until(() -> get(key), read -> read.status() == 200 || read.status() == 404);
      if (!answer.body().equals(value)) {
        wrong.add(key + " -> " + answer.status());
      }
    });
    assertThat(wrong).as("lost among " + values.size() + " values").isEmpty();
  }

  private PlainHttp.Answer get(String key) {
    try {
      return http.send("GET", "/v1/kv/" + key, Map.of(), new byte[0], TIMEOUT_MILLIS);
    } catch (IOException e) {
      return new PlainHttp.Answer(0, Map.of(), String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
