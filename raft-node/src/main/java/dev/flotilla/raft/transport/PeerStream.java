package dev.flotilla.raft.transport;

import io.grpc.Status;
import io.grpc.stub.CallStreamObserver;
import io.netty.channel.EventLoop;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The outgoing half of one live stream. gRPC would buffer without limit, so what it is not ready
 * for waits here, bounded in bytes, and what does not fit is refused (H54). Any thread may offer;
 * one event loop serializes and sends.
 */
final class PeerStream<M> {
  private final Lane<M> lane;
  private final EventLoop loop;
  private final long maxBytes;
  private final TransportStats stats;
  private final ConcurrentLinkedQueue<M> queue = new ConcurrentLinkedQueue<>();
  private final AtomicLong queuedBytes = new AtomicLong();
  private final AtomicBoolean woken = new AtomicBoolean();
  private volatile boolean ended;
  private @Nullable CallStreamObserver<M> out;

  PeerStream(Lane<M> lane, EventLoop loop, long maxBytes, TransportStats stats) {
    this.lane = lane;
    this.loop = loop;
    this.maxBytes = maxBytes;
    this.stats = stats;
  }

  EventLoop loop() {
    return loop;
  }

  /** Before anything else. */
  void attach(CallStreamObserver<M> outgoing) {
    out = outgoing;
  }

  /** The network takes more. */
  void onReady() {
    wake();
  }

  /**
   * Past the bound and before everything offered; on the loop, or before the stream is known to
   * others.
   */
  void greet(M greeting) {
    if (out != null && !ended) {
      out.onNext(greeting);
    }
  }

  /** Takes a message unless the buffer is full or the stream has ended. */
  boolean offer(M message) {
    int size = lane.sizeBytes(message);
    if (ended) {
      return false;
    }
    if (queuedBytes.addAndGet(size) > maxBytes) {
      queuedBytes.addAndGet(-size);
      return false;
    }
    queue.add(message);
    wake();
    return true;
  }

  private void wake() {
    if (!woken.get() && woken.compareAndSet(false, true)) {
      execute(this::drain);
    }
  }

  private void drain() {
    // Cleared first: whoever offers after this wakes the loop again.
    woken.set(false);
    while (!ended && out != null && out.isReady()) {
      M message = queue.poll();
      if (message == null) {
        return;
      }
      int size = lane.sizeBytes(message);
      queuedBytes.addAndGet(-size);
      out.onNext(message);
      stats.sent(lane.count(message), size);
    }
    if (ended) {
      discard();
    }
  }

  /** Nothing more can be sent; what waits is lost, and counted. */
  void lost() {
    ended = true;
    execute(this::discard);
  }

  private void discard() {
    for (M message = queue.poll(); message != null; message = queue.poll()) {
      stats.dropped(lane.count(message));
    }
  }

  /** Ends the stream with a reason, as fast as the network allows. */
  void end(Status reason) {
    execute(() -> {
      if (!ended && out != null) {
        ended = true;
        out.onError(reason.asRuntimeException());
      }
      discard();
    });
  }

  /** Sends what the network takes at once, then ends the stream in order. */
  void finish() {
    execute(() -> {
      drain();
      if (!ended && out != null) {
        ended = true;
        out.onCompleted();
      }
      discard();
    });
  }

  private void execute(Runnable action) {
    if (loop.inEventLoop()) {
      action.run();
      return;
    }
    try {
      loop.execute(action);
    } catch (RejectedExecutionException networkClosed) {
      // The process's event loops ended: so did every connection.
      ended = true;
    }
  }
}
