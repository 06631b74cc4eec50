package dev.flotilla.raft.transport;

import dev.flotilla.client.Network;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.proto.client.v1.ReplyBatch;
import dev.flotilla.raft.runtime.ClientChannel;
import io.grpc.Status;
import io.grpc.stub.CallStreamObserver;
import io.netty.channel.EventLoop;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way back to one client. Any thread may reply; the stream's event loop gathers what is there
 * into batches and sends as fast as the client reads (H54). A client that lets too much wait loses
 * its stream, which makes everything it asked for unknown to it: that is honest, and memory stays
 * bounded.
 */
final class ClientStream implements ClientChannel {
  private static final Logger log = LoggerFactory.getLogger(ClientStream.class);
  private static final int MAX_BATCH_REPLIES = 1_024;
  private static final int REPLY_OVERHEAD_BYTES = 64;

  private final CallStreamObserver<ReplyBatch> out;
  private final EventLoop loop;
  private final long maxBytes;
  private final ConcurrentLinkedQueue<Reply> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicLong waitingBytes = new AtomicLong();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final AtomicBoolean overrun = new AtomicBoolean();
  private volatile boolean ended;

  ClientStream(CallStreamObserver<ReplyBatch> out, EventLoop loop, long maxBytes) {
    this.out = out;
    this.loop = loop;
    this.maxBytes = maxBytes;
  }

  boolean hasEnded() {
    return ended;
  }

  @Override
  public void reply(Reply reply) {
    if (ended) {
      return;
    }
    waiting.add(reply);
    if (waitingBytes.addAndGet(cost(reply)) > maxBytes && overrun.compareAndSet(false, true)) {
      log.warn("a client left {} bytes of replies unread; its stream is ended", maxBytes);
      end(Status.RESOURCE_EXHAUSTED.withDescription("replies are not being read"));
    }
  }

  @Override
  public void flush() {
    if (!woken.get() && woken.compareAndSet(false, true)) {
      execute(this::drain);
    }
  }

  void onReady() {
    flush();
  }

  private void drain() {
    // Cleared first: whoever replies after this wakes the loop again.
    woken.set(false);
    while (!ended && out.isReady() && !waiting.isEmpty()) {
      out.onNext(nextBatch());
    }
    if (ended) {
      waiting.clear();
    }
  }

  private ReplyBatch nextBatch() {
    ReplyBatch.Builder batch = ReplyBatch.newBuilder();
    long bytes = 0;
    while (batch.getRepliesCount() < MAX_BATCH_REPLIES) {
      Reply next = waiting.peek();
      if (next == null || (bytes > 0 && bytes + cost(next) > Network.BATCH_BYTES)) {
        break;
      }
      waiting.remove();
      bytes += cost(next);
      batch.addReplies(next);
    }
    waitingBytes.addAndGet(-bytes);
    return batch.build();
  }

  private static int cost(Reply reply) {
    return REPLY_OVERHEAD_BYTES + reply.getResult().size();
  }

  /** The client is gone: what waits is dropped. */
  void lost() {
    ended = true;
    execute(waiting::clear);
  }

  /** Ends the stream with a reason; what waits is dropped. */
  void end(Status reason) {
    execute(() -> {
      if (!ended) {
        ended = true;
        out.onError(reason.asRuntimeException());
      }
      waiting.clear();
    });
  }

  /** Sends what the client takes at once, then ends the stream in order. */
  void finish() {
    execute(() -> {
      drain();
      if (!ended) {
        ended = true;
        out.onCompleted();
      }
      waiting.clear();
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
      ended = true;
      waiting.clear();
    }
  }
}
