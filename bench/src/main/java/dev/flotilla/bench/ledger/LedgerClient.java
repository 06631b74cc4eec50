package dev.flotilla.bench.ledger;

import dev.flotilla.bench.recorder.FailureTally;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Writes continuously while things are killed, and proves afterwards what became of each write.
 *
 * <pre>{@code
 * try (LedgerClient ledger = LedgerClient.start(LedgerOptions.defaults(balancer, "run1"))) {
 *   RecoveryProbe.Mark mark = ledger.probe().mark("g1", term);
 *   ... kill the leader of g1 ...
 *   mark.awaitRecovery(nanos);
 *   ledger.stop();
 *   LedgerVerdict verdict = ledger.verify();
 * }
 * }</pre>
 *
 * <p>Each worker has a slot to itself. Nobody else may write to the database's slots meanwhile, or
 * their effects are taken for second effects of the ledger's writes.
 */
public final class LedgerClient implements AutoCloseable {

  private final RecoveryProbe probe = new RecoveryProbe(System::nanoTime);
  private final FailureTally failures = new FailureTally();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final List<LedgerWorker> workers = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicReference<@Nullable RuntimeException> broken = new AtomicReference<>();

  private LedgerClient(LedgerOptions options, List<WorkerSlots.Tag> tags) {
    for (WorkerSlots.Tag tag : tags) {
      workers.add(new LedgerWorker(options, tag, probe, failures, stop));
    }
  }

  /**
   * Finds slots in every group and starts the workers.
   *
   * @throws IOException when a group does not answer, or there are not as many as the options say
   */
  public static LedgerClient start(LedgerOptions options) throws IOException, InterruptedException {
    LedgerClient client = new LedgerClient(options, WorkerSlots.find(options));
    for (LedgerWorker worker : client.workers) {
      client.threads.add(client.startThread("ledger-writer", worker::write));
    }
    return client;
  }

  public RecoveryProbe probe() {
    return probe;
  }

  /** Failed attempts since the last call, by code. */
  public Map<String, FailureTally.Entry> takeFailures() {
    return failures.take();
  }

  /** Lets every worker finish the write it is at; returns when all have. May be called again. */
  public void stop() throws InterruptedException {
    stop.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    rethrow();
  }

  /** Reads everything back. The ledger must have been stopped. */
  public LedgerVerdict verify() throws InterruptedException {
    if (threads.stream().anyMatch(Thread::isAlive)) {
      throw new IllegalStateException("stop the ledger before verifying it");
    }
    Findings findings = new Findings();
    List<Thread> readers = new ArrayList<>();
    for (LedgerWorker worker : workers) {
      readers.add(startThread("ledger-reader", () -> worker.readBack(findings)));
    }
    for (Thread reader : readers) {
      reader.join();
    }
    rethrow();
    return findings.verdict();
  }

  /** Tells the workers to stop and abandons what they are waiting for. */
  @Override
  public void close() {
    stop.countDown();
    threads.forEach(Thread::interrupt);
  }

  /** A worker that died would make a verdict over less than everything. */
  private void rethrow() {
    RuntimeException cause = broken.get();
    if (cause != null) {
      throw new IllegalStateException("a worker of the ledger broke", cause);
    }
  }

  private interface Work {
    void run() throws InterruptedException;
  }

  private Thread startThread(String name, Work work) {
    return Thread.ofPlatform()
        .name(name)
        .daemon()
        .start(() -> {
          try {
            work.run();
          } catch (InterruptedException e) {
            // Only close() interrupts: the ledger is abandoned, and with it this thread.
            Thread.currentThread().interrupt();
          } catch (RuntimeException e) {
            broken.compareAndSet(null, e);
          }
        });
  }
}
