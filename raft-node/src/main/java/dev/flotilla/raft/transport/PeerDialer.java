package dev.flotilla.raft.transport;

import dev.flotilla.client.Backoff;
import dev.flotilla.client.Network;
import dev.flotilla.client.NodeAddress;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one lane to one peer connected: dials, and dials again after every end, with a back-off
 * that starts and stays short, because a restarted node must be back before its absence is felt.
 * Every attempt has a channel of its own, so that no back-off but this one is at work and names are
 * looked up again.
 */
final class PeerDialer<M> {
  private static final long FIRST_PAUSE_NANOS = 15_000_000L;
  private static final long LONGEST_PAUSE_NANOS = 150_000_000L;

  // Refused for what it is, a peer will be refused again: asking twenty times a second is no help.
  private static final long REFUSED_PAUSE_NANOS = 1_000_000_000L;

  private final PeerLink<M> link;
  private final NodeAddress address;
  private final Network network;
  private final EventLoop loop;
  private final Backoff backoff;

  // The event loop's own, but for the last read of the channel in close().
  private volatile @Nullable ManagedChannel channel;
  private PeerLink<M>.@Nullable Incoming incoming;
  private volatile boolean closed;

  PeerDialer(PeerLink<M> link, NodeAddress address, Network network, RandomGenerator random) {
    this.link = link;
    this.address = address;
    this.network = network;
    this.loop = network.nextLoop();
    this.backoff = new Backoff(FIRST_PAUSE_NANOS, LONGEST_PAUSE_NANOS, random);
  }

  void start() {
    execute(this::dial);
  }

  private void dial() {
    if (closed) {
      return;
    }
    ManagedChannel dialed = network.channelBuilder(address, loop).build();
    channel = dialed;
    PeerLink<M>.Incoming stream = link.newStream(loop, true);
    incoming = stream;
    link.lane().open(dialed, new Inbound(stream, () -> ended(dialed, stream)));
    stream.greet();
  }

  private void ended(ManagedChannel dialed, PeerLink<M>.Incoming stream) {
    dialed.shutdownNow();
    if (closed) {
      return;
    }
    if (stream.wasGreeted()) {
      backoff.reset();
    }
    long pause = stream.wasRefused() ? REFUSED_PAUSE_NANOS : backoff.nextNanos();
    try {
      loop.schedule(this::dial, pause, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException networkClosed) {
      closed = true;
    }
  }

  /**
   * The link must have been closed before: it ends the stream in order, this ends the connection.
   */
  void close() {
    closed = true;
    execute(() -> {
      ManagedChannel open = channel;
      if (open != null) {
        open.shutdown();
      }
    });
  }

  /** Waits for the connection to end in order; after that it is cut. */
  void awaitClosed(long nanos) {
    ManagedChannel open = channel;
    if (open == null) {
      return;
    }
    try {
      if (!open.awaitTermination(nanos, TimeUnit.NANOSECONDS)) {
        open.shutdownNow();
      }
    } catch (InterruptedException e) {
      open.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private void execute(Runnable action) {
    if (loop.inEventLoop()) {
      action.run();
      return;
    }
    try {
      loop.execute(action);
    } catch (RejectedExecutionException networkClosed) {
      closed = true;
    }
  }

  /**
   * Brings the call's callbacks, which before a connection stands may come on any thread, onto the
   * loop.
   */
  private final class Inbound implements ClientResponseObserver<M, M> {
    private final PeerLink<M>.Incoming incoming;
    private final Runnable end;

    Inbound(PeerLink<M>.Incoming incoming, Runnable end) {
      this.incoming = incoming;
      this.end = end;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<M> outgoing) {
      outgoing.setOnReadyHandler(incoming::onReady);
      incoming.begin(outgoing, end);
    }

    @Override
    public void onNext(M message) {
      execute(() -> incoming.onNext(message));
    }

    @Override
    public void onError(Throwable failure) {
      execute(() -> incoming.onError(failure));
    }

    @Override
    public void onCompleted() {
      execute(() ->
          incoming.onError(
              Status.UNAVAILABLE.withDescription("closed by the peer").asRuntimeException()));
    }
  }
}
