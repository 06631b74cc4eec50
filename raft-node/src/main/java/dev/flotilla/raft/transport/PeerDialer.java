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
 *
 * <p>Of two nodes that want each other the one with the lower id has the turn. The other one dials
 * out of turn, late and rarely, because the one whose turn it is may not want the connection yet: a
 * node that is to join a group knows nobody there until it has been reached.
 */
final class PeerDialer<M> {
  private static final long FIRST_PAUSE_NANOS = 15_000_000L;
  private static final long LONGEST_PAUSE_NANOS = 150_000_000L;

  // Refused for what it is, a peer will be refused again: asking twenty times a second is no help.
  private static final long REFUSED_PAUSE_NANOS = 1_000_000_000L;

  /** What the one whose turn it is has to do it. */
  private static final long COURTESY_NANOS = 300_000_000L;

  private static final long LONGEST_COURTESY_NANOS = 1_000_000_000L;

  private final PeerLink<M> link;
  private final boolean inTurn;
  private final Network network;
  private final EventLoop loop;
  private final Backoff backoff;
  private volatile NodeAddress address;

  // The event loop's own, but for the last read of the channel in close().
  private volatile @Nullable ManagedChannel channel;
  private boolean busy;
  private volatile boolean closed;

  PeerDialer(
      PeerLink<M> link,
      boolean inTurn,
      NodeAddress address,
      Network network,
      RandomGenerator random) {
    this.link = link;
    this.inTurn = inTurn;
    this.address = address;
    this.network = network;
    this.loop = network.nextLoop();
    this.backoff =
        inTurn
            ? new Backoff(FIRST_PAUSE_NANOS, LONGEST_PAUSE_NANOS, random)
            : new Backoff(COURTESY_NANOS, LONGEST_COURTESY_NANOS, random);
  }

  void start() {
    execute(this::consider);
  }

  /** From the next attempt on. */
  void readdress(NodeAddress newAddress) {
    address = newAddress;
  }

  /** The lane is no longer connected, whoever had dialed. */
  void linkDown() {
    execute(this::consider);
  }

  private void consider() {
    if (closed || busy) {
      return;
    }
    busy = true;
    if (inTurn) {
      dial();
    } else {
      later(backoff.nextNanos());
    }
  }

  private void later(long pauseNanos) {
    try {
      loop.schedule(this::dial, pauseNanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException networkClosed) {
      closed = true;
    }
  }

  private void dial() {
    if (closed) {
      return;
    }
    if (!inTurn && link.isUp()) {
      // The other one did it. Its end will be told to linkDown.
      busy = false;
      return;
    }
    ManagedChannel dialed = network.channelBuilder(address, loop).build();
    channel = dialed;
    PeerLink<M>.Incoming stream = link.newStream(loop, true);
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
    later(stream.wasRefused() ? REFUSED_PAUSE_NANOS : backoff.nextNanos());
  }

  /** The stream it dialed must have been ended before, in order; this ends the connection. */
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
