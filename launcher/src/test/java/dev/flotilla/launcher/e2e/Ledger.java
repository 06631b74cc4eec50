package dev.flotilla.launcher.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that write without pause, each to keys of its own with values never used twice, and
 * remember what was acknowledged. A write whose answer was anything but success may have happened
 * or not; its key is then left alone.
 */
final class Ledger implements AutoCloseable {
  private final String balancer;
  private final Map<String, String> acked = new ConcurrentSkipListMap<>();
  private final AtomicLong open = new AtomicLong();
  private final AtomicBoolean running = new AtomicBoolean(true);
  private final List<Thread> writers = new ArrayList<>();

  Ledger(String balancer) {
    this.balancer = balancer;
  }

  Ledger start(int clients, String prefix) {
    for (int client = 0; client < clients; client++) {
      String name = prefix + client;
      writers.add(Thread.ofPlatform().daemon().name("writer-" + name).start(() -> write(name)));
    }
    return this;
  }

  private void write(String name) {
    try (FormClient client = new FormClient(balancer)) {
      for (long i = 0; running.get(); i++) {
        String key = name + "-" + i;
        String value = "v" + i + "|" + name;
        try {
          if (client.set(key, value).isSuccess()) {
            acked.put(key, value);
          } else {
            open.incrementAndGet();
          }
        } catch (IOException e) {
          open.incrementAndGet();
          Thread.onSpinWait();
        }
      }
    }
  }

  long ackedCount() {
    return acked.size();
  }

  long openCount() {
    return open.get();
  }

  /** Ends the writing. */
  @Override
  public void close() {
    running.set(false);
    for (Thread writer : writers) {
      try {
        writer.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    writers.clear();
  }

  /** Reads every acknowledged write back. */
  void assertNothingIsLost() throws IOException {
    try (FormClient client = new FormClient(balancer)) {
      List<String> lost = new ArrayList<>();
      for (Map.Entry<String, String> write : acked.entrySet()) {
        String body = client.get(write.getKey()).body();
        if (!body.equals(
            "{\"response\":\"1|" + write.getValue() + "\",\"error_code\":\"SUCCESS\"}")) {
          lost.add(write.getKey() + " -> " + body);
        }
      }
      assertThat(lost).as("lost among " + acked.size() + " acknowledged writes").isEmpty();
    }
  }
}
