package dev.flotilla.launcher.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;

/**
 * Clients that write and read without pause, each its own few keys, and hold every answer against
 * what they know: a write must succeed within the deadline, a read must give what was written last.
 * Times are kept by phase, so that one can be held against another.
 */
final class Traffic implements AutoCloseable {
  private static final int KEYS_PER_CLIENT = 64;

  private final String balancer;
  private final Map<String, ConcurrentLinkedQueue<Long>> timesNanos = new ConcurrentSkipListMap<>();
  private final Map<String, String> written = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Failure> failures = new ConcurrentLinkedQueue<>();
  private final List<Thread> clients = new ArrayList<>();
  private volatile String phase = "0 warm-up";
  private volatile boolean running = true;

  Traffic(String balancer) {
    this.balancer = balancer;
  }

  Traffic start(int count) {
    for (int client = 0; client < count; client++) {
      String name = "c" + client;
      clients.add(Thread.ofPlatform().daemon().name("traffic-" + name).start(() -> run(name)));
    }
    return this;
  }

  private void run(String name) {
    try (FormClient client = new FormClient(balancer)) {
      for (long i = 0; running; i++) {
        String key = name + "-" + i % KEYS_PER_CLIENT;
        String value = "v" + i;
        step(() -> {
          FormClient.Answer answer = client.set(key, value);
          if (answer.isSuccess()) {
            written.put(key, value);
          }
          return answer.isSuccess() ? "" : "SET " + key + ": " + answer.body();
        });
        step(() -> {
          FormClient.Answer answer = client.get(key);
          String expected =
              "{\"response\":\"1|" + written.get(key) + "\",\"error_code\":\"SUCCESS\"}";
          return answer.body().equals(expected) ? "" : "GET " + key + ": " + answer.body();
        });
      }
    }
  }

  private record Failure(String phase, long afterMillis, String problem) {}

  /** Something that says what went wrong, or nothing. */
  private interface Step {
    String take() throws IOException;
  }

  private void step(Step step) {
    String during = phase;
    long began = System.nanoTime();
    String problem;
    try {
      problem = step.take();
    } catch (IOException e) {
      problem = e.toString();
    }
    long took = System.nanoTime() - began;
    timesNanos.computeIfAbsent(during, p -> new ConcurrentLinkedQueue<>()).add(took);
    if (!problem.isEmpty()) {
      failures.add(new Failure(during, took / 1_000_000, problem));
    }
  }

  /** Phases are printed in the order of their names. */
  void phase(String name) {
    phase = name;
  }

  long count() {
    return timesNanos.values().stream().mapToLong(ConcurrentLinkedQueue::size).sum();
  }

  long countOf(String name) {
    ConcurrentLinkedQueue<Long> times = timesNanos.get(name);
    return times == null ? 0 : times.size();
  }

  void assertNothingFailed() {
    assertThat(failures).as("failed among " + count() + " operations").isEmpty();
  }

  /** Reads everything back, through a balancer that may be another one by now. */
  void assertNothingIsLost(String through) throws IOException {
    Map<String, String> read = new HashMap<>();
    Map<String, String> expected = new HashMap<>();
    try (FormClient client = new FormClient(through)) {
      for (Map.Entry<String, String> write : written.entrySet()) {
        expected.put(
            write.getKey(),
            "{\"response\":\"1|" + write.getValue() + "\",\"error_code\":\"SUCCESS\"}");
        read.put(write.getKey(), client.get(write.getKey()).body());
      }
    }
    assertThat(read).isEqualTo(expected);
  }

  /**
   * A line for each phase, and one for some of them together.
   *
   * @param together what the phases that are summed up have in common
   * @param summed the phases of that line
   */
  String table(String together, Predicate<String> summed) {
    StringBuilder table = new StringBuilder();
    table.append("| phase | operations | failed | p50 ms | p99 ms | p99.9 ms | max ms |\n");
    table.append("| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    timesNanos.keySet().forEach(name -> table.append(row(name, name::equals)));
    return table.append(row(together, summed)).toString();
  }

  private String row(String title, Predicate<String> phases) {
    long[] sorted =
        timesNanos.entrySet().stream()
            .filter(entry -> phases.test(entry.getKey()))
            .flatMapToLong(entry -> entry.getValue().stream().mapToLong(Long::longValue))
            .sorted()
            .toArray();
    return String.format(
        Locale.ROOT,
        "| %s | %d | %d | %.1f | %.1f | %.1f | %.1f |%n",
        title,
        sorted.length,
        failures.stream().filter(failure -> phases.test(failure.phase())).count(),
        millisAt(sorted, 0.5),
        millisAt(sorted, 0.99),
        millisAt(sorted, 0.999),
        millisAt(sorted, 1));
  }

  private static double millisAt(long[] sortedNanos, double share) {
    int at = Math.min(sortedNanos.length - 1, (int) (sortedNanos.length * share));
    return sortedNanos.length == 0 ? 0 : sortedNanos[at] / 1e6;
  }

  /** Ends the traffic. */
  @Override
  public void close() {
    running = false;
    for (Thread client : clients) {
      try {
        client.join(Duration.ofSeconds(30));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
