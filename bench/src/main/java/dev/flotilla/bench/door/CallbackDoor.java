package dev.flotilla.bench.door;

import java.io.IOException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A door over a client that answers by calling back on threads of its own: what those threads say
 * is queued and delivered by the thread that polls, which is woken once for all that came
 * meanwhile.
 */
public final class CallbackDoor implements Door {

  /** The client of some database. */
  public interface Client extends AutoCloseable {

    /**
     * Starts the operation and does not wait for it. The answer must be given exactly once, from
     * any thread; a client that hears nothing gives the operation up after a while.
     */
    void call(int lane, Operation operation, Answer answer);

    /** Connections made after the first of each lane. */
    default long reconnects() {
      return 0;
    }

    @Override
    void close() throws IOException;
  }

  /** Where the answer of one operation goes. */
  public interface Answer {

    /**
     * @param group the Raft group that answered; 0 when the client does not know
     */
    default void succeeded(int group) {
      succeeded(group, 0);
    }

    /**
     * @param group the Raft group that answered; 0 when the client does not know
     * @param revision of the key, as read or as written; 0 when the client does not know
     */
    void succeeded(int group, long revision);

    void failed(Failure failure);
  }

  private final int lanes;
  private final Client client;
  private final ConcurrentLinkedQueue<Pending> answered = new ConcurrentLinkedQueue<>();
  private final boolean[] outstanding;
  private volatile @Nullable Thread waiting;

  public CallbackDoor(int lanes, Client client) {
    if (lanes < 1) {
      throw new IllegalArgumentException("a door has at least one lane");
    }
    this.lanes = lanes;
    this.client = client;
    this.outstanding = new boolean[lanes];
  }

  @Override
  public int lanes() {
    return lanes;
  }

  @Override
  public void submit(int lane, Operation operation) {
    if (outstanding[lane]) {
      throw new IllegalStateException("lane " + lane + " has an operation outstanding");
    }
    outstanding[lane] = true;
    client.call(lane, operation, new Pending(lane, operation));
  }

  @Override
  public void poll(long maxWaitNanos, Answers answers) {
    if (answered.isEmpty()) {
      waiting = Thread.currentThread();
      // Looked at again after saying so: an answer that came in between has seen nobody to wake.
      if (answered.isEmpty()) {
        LockSupport.parkNanos(this, maxWaitNanos);
      }
      waiting = null;
    }
    // No more than were there when it began: what comes meanwhile is the next poll's.
    Pending last = null;
    for (int i = 0; i < lanes && (last = answered.poll()) != null; i++) {
      outstanding[last.lane] = false;
      last.deliver(answers);
    }
  }

  @Override
  public long reconnects() {
    return client.reconnects();
  }

  @Override
  public void close() throws IOException {
    client.close();
  }

  private final class Pending implements Answer {
    private final int lane;
    private final Operation operation;
    private int group;
    private long revision;
    private @Nullable Failure failure;

    Pending(int lane, Operation operation) {
      this.lane = lane;
      this.operation = operation;
    }

    @Override
    public void succeeded(int group, long revision) {
      this.group = group;
      this.revision = revision;
      queue();
    }

    @Override
    public void failed(Failure failure) {
      this.failure = failure;
      queue();
    }

    private void queue() {
      answered.add(this);
      Thread thread = waiting;
      if (thread != null) {
        waiting = null;
        LockSupport.unpark(thread);
      }
    }

    void deliver(Answers answers) {
      Failure why = failure;
      if (why == null) {
        answers.succeeded(lane, operation, group, revision);
      } else {
        answers.failed(lane, operation, why);
      }
    }
  }
}
