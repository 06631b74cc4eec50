package dev.flotilla.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what clients do. All workers of a run share one recorder and through it one monotonic
 * clock; safe for several threads, and deterministic where one thread does everything.
 *
 * <p>Moments are told apart even where the clock does not: each is later than the one written
 * before. That is true to what happened, because a moment is taken under the recorder's lock,
 * before the first byte of a call leaves and after an answer was understood.
 */
public final class Recorder {

  /**
   * A search needs little of both: its cost is exponential in the first and grows in the second.
   */
  public record Bounds(int maxWorkers, int maxOperationsPerKey) {
    public static final Bounds DEFAULT = new Bounds(8, 400);
  }

  private final LongSupplier monotonicNanos;
  private final Bounds bounds;
  private final List<Operation> ended = new ArrayList<>();
  private final Map<String, Integer> operationsOf = new HashMap<>();
  private final List<Worker> workers = new ArrayList<>();
  private long lastNanos = Long.MIN_VALUE;
  private int nextProcess = 1;
  private int nextId = 1;

  public Recorder(LongSupplier monotonicNanos, Bounds bounds) {
    this.monotonicNanos = monotonicNanos;
    this.bounds = bounds;
  }

  /**
   * One more client.
   *
   * @throws IllegalStateException when there are as many as the bounds allow
   */
  public synchronized Worker worker() {
    if (workers.size() >= bounds.maxWorkers()) {
      throw new IllegalStateException("more than " + bounds.maxWorkers() + " clients");
    }
    Worker worker = new Worker(nextProcess++);
    workers.add(worker);
    return worker;
  }

  /** How many more operations the key may have. Clients move on to another key before it is 0. */
  public synchronized int room(String key) {
    return bounds.maxOperationsPerKey() - operationsOf.getOrDefault(key, 0);
  }

  /** Everything so far. What is still under way counts as open. */
  public synchronized History history() {
    List<Operation> all = new ArrayList<>(ended);
    for (Worker worker : workers) {
      if (worker.pending != null) {
        all.add(worker.pending.ended(Operation.NEVER, Outcome.OPEN));
      }
    }
    return new History(all);
  }

  private long moment() {
    lastNanos = Math.max(monotonicNanos.getAsLong(), lastNanos + 1);
    return lastNanos;
  }

  /** One client: does one thing at a time. */
  public final class Worker {
    private int process;
    private @Nullable Pending pending;

    private Worker(int process) {
      this.process = process;
    }

    /**
     * Who this worker is at the moment; after an open operation it is somebody else, because the
     * old self may still be at work.
     */
    public int process() {
      synchronized (Recorder.this) {
        return process;
      }
    }

    /**
     * An operation begins. Call this before any byte leaves.
     *
     * @throws IllegalStateException while another of this worker's is under way, or when the key
     *     has no room
     */
    public Pending begin(String key, Action action) {
      synchronized (Recorder.this) {
        if (pending != null) {
          throw new IllegalStateException("process " + process + " is still busy");
        }
        if (room(key) <= 0) {
          throw new IllegalStateException("no room for more operations on " + key);
        }
        operationsOf.merge(key, 1, Integer::sum);
        Pending begun = new Pending(this, nextId++, process, key, action, moment());
        pending = begun;
        return begun;
      }
    }
  }

  /** An operation under way. Ends exactly once. */
  public final class Pending {
    private final Worker worker;
    private final int id;
    private final int process;
    private final String key;
    private final Action action;
    private final long callNanos;
    private boolean inDoubt;

    private Pending(Worker worker, int id, int process, String key, Action action, long callNanos) {
      this.worker = worker;
      this.id = id;
      this.process = process;
      this.key = key;
      this.action = action;
      this.callNanos = callNanos;
    }

    /**
     * An attempt ended without anybody knowing how, and another with the same (client, seq)
     * follows. From here on a refusal of the operation no longer means that it did not happen.
     */
    public void attemptInDoubt() {
      synchronized (Recorder.this) {
        inDoubt = true;
      }
    }

    /** It happened. Call this after the answer was understood. */
    public void ok(Answer answer) {
      synchronized (Recorder.this) {
        end(moment(), new Outcome.Ok(answer));
      }
    }

    /** The answer said that it did not happen. */
    public void refused() {
      synchronized (Recorder.this) {
        if (inDoubt) {
          open();
        } else {
          end(moment(), Outcome.REFUSED);
        }
      }
    }

    /** No answer, or one that does not say. */
    public void open() {
      synchronized (Recorder.this) {
        end(Operation.NEVER, Outcome.OPEN);
        worker.process = nextProcess++;
      }
    }

    private void end(long returnNanos, Outcome outcome) {
      if (worker.pending != this) {
        throw new IllegalStateException("operation " + id + " has ended already");
      }
      worker.pending = null;
      ended.add(ended(returnNanos, outcome));
    }

    private Operation ended(long returnNanos, Outcome outcome) {
      return new Operation(id, process, key, action, callNanos, returnNanos, outcome);
    }
  }
}
