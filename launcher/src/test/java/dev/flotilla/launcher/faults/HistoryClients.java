package dev.flotilla.launcher.faults;

import dev.flotilla.history.History;
import dev.flotilla.history.Recorder;
import dev.flotilla.history.WriteLedger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Eight clients at the front door, and everything they were told. */
final class HistoryClients implements AutoCloseable {
  static final int CLIENTS = 8;

  /** How the operations of a run ended. */
  record Totals(int ok, int refused, int open) {}

  private final String balancer;
  private final String run;
  private final int valueBytes;
  private final Recorder recorder = new Recorder(System::nanoTime, Recorder.Bounds.DEFAULT);
  private final WriteLedger ledger = new WriteLedger();
  private final Map<String, Long> ackedRevisions = new ConcurrentHashMap<>();
  private final Timeline timeline = new Timeline();
  private final KeyLanes registers;
  private final KeyLanes lists;
  private final AtomicInteger ok = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicBoolean running = new AtomicBoolean(true);
  private final List<HistoryClient> clients = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  /**
   * @param run makes the keys this run's own
   * @param valueBytes how large values are at least
   */
  HistoryClients(String balancer, String run, int valueBytes) {
    this.balancer = balancer;
    this.run = run;
    this.valueBytes = valueBytes;
    this.registers = new KeyLanes(run + "-register-", recorder);
    this.lists = new KeyLanes(run + "-list-", recorder);
  }

  void start() {
    for (int number = 0; number < CLIENTS; number++) {
      HistoryClient client =
          new HistoryClient(this, run, number, new PlainHttp(balancer), recorder.worker());
      clients.add(client);
      threads.add(
          Thread.ofPlatform()
              .daemon()
              .name("client-" + number)
              .start(() -> client.workWhile(running)));
    }
  }

  /** Ends the work. Every operation under way gets its answer, or its time is over. */
  void stop() {
    running.set(false);
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
    threads.clear();
  }

  /**
   * Reads everything once more.
   *
   * @return what became of the ledger
   */
  WriteLedger.Findings audit() {
    HistoryClient reader = clients.getFirst();
    registers.used().forEach(reader::readRegisterForSure);
    lists.used().forEach(reader::readListForSure);
    Map<String, Integer> times = new ConcurrentHashMap<>();
    List<String> elements = ledger.elements();
    AtomicInteger next = new AtomicInteger();
    List<Thread> readers = new ArrayList<>();
    List<RuntimeException> failures = new ArrayList<>();
    for (HistoryClient client : clients) {
      readers.add(
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                try {
                  for (int i = next.getAndIncrement();
                      i < elements.size();
                      i = next.getAndIncrement()) {
                    times.put(elements.get(i), timesThere(client, elements.get(i)));
                  }
                } catch (RuntimeException e) {
                  synchronized (failures) {
                    failures.add(e);
                  }
                }
              }));
    }
    for (Thread thread : readers) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
    if (!failures.isEmpty()) {
      throw failures.getFirst();
    }
    return ledger.judge(times);
  }

  /** A revision other than the one that was acknowledged shows that the write was done again. */
  private int timesThere(HistoryClient client, String element) {
    long revision = client.revisionForSure(element);
    if (revision == 0) {
      return 0;
    }
    Long acked = ackedRevisions.get(element);
    return acked == null || acked == revision ? 1 : 2;
  }

  KeyLanes registers() {
    return registers;
  }

  KeyLanes lists() {
    return lists;
  }

  WriteLedger ledger() {
    return ledger;
  }

  int valueBytes() {
    return valueBytes;
  }

  void ledgerAcked(String element, long revision) {
    ackedRevisions.put(element, revision);
    ledger.acked(element);
  }

  void countOk(String group, long callNanos, long returnNanos) {
    ok.incrementAndGet();
    timeline.succeeded(group, callNanos, returnNanos);
  }

  void countRefused() {
    refused.incrementAndGet();
  }

  void countOpen() {
    open.incrementAndGet();
  }

  Timeline timeline() {
    return timeline;
  }

  Totals totals() {
    return new Totals(ok.get(), refused.get(), open.get());
  }

  History history() {
    return recorder.history();
  }

  @Override
  public void close() {
    stop();
    clients.forEach(HistoryClient::close);
  }
}
