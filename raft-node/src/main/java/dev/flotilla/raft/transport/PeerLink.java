package dev.flotilla.raft.transport;

import dev.flotilla.proto.raft.v1.Hello;
import dev.flotilla.raft.env.Transport.Receiver;
import io.grpc.Status;
import io.grpc.stub.CallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoop;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One lane to one peer: at most one greeted stream at a time. A newer stream of the same peer
 * replaces an older one, because a peer that restarted is back before the old connection's death is
 * noticed.
 *
 * <p>Thread-safe. Streams come and go on different event loops; the lock orders what the receiver
 * is told.
 */
final class PeerLink<M> {
  private static final Logger log = LoggerFactory.getLogger(PeerLink.class);

  // A stream whose other end never says who it is must not stay.
  private static final long GREETING_TIMEOUT_MILLIS = 2_000;

  /** Called under the link's lock: exactly one up before each down. */
  interface Events {
    void up(int peer);

    void down(int peer);
  }

  /** What the links of one transport share. */
  record Shared(Handshake handshake, Receiver receiver, TransportStats stats) {}

  private final int peer;
  private final Lane<M> lane;
  private final long bufferBytes;
  private final Shared shared;
  private final Events events;
  private volatile @Nullable PeerStream<M> current;
  private boolean closed;
  private String lastTrouble = "";

  PeerLink(int peer, Lane<M> lane, long bufferBytes, Shared shared, Events events) {
    this.peer = peer;
    this.lane = lane;
    this.bufferBytes = bufferBytes;
    this.shared = shared;
    this.events = events;
  }

  int peer() {
    return peer;
  }

  Lane<M> lane() {
    return lane;
  }

  boolean isUp() {
    return current != null;
  }

  /** Sends or drops; never blocks. */
  boolean send(M message) {
    PeerStream<M> stream = current;
    if (stream != null && stream.offer(message)) {
      return true;
    }
    shared.stats.dropped(lane.count(message));
    return false;
  }

  /** A stream before its greeting; its outgoing half must be attached by the caller. */
  Incoming newStream(EventLoop loop, boolean dialed) {
    return new Incoming(new PeerStream<>(lane, loop, bufferBytes, shared.stats), dialed);
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized boolean establish(PeerStream<M> stream) {
    if (closed) {
      return false;
    }
    PeerStream<M> older = current;
    current = stream;
    if (older != null) {
      older.end(Status.ABORTED.withDescription("replaced by a newer stream"));
      events.down(peer);
    }
    lastTrouble = "";
    shared.stats.connected();
    events.up(peer);
    return true;
  }

  private synchronized void release(PeerStream<M> stream) {
    stream.lost();
    if (current == stream) {
      current = null;
      events.down(peer);
    }
  }

  /**
   * Logs when the trouble is another than last time: a peer that stays away is one line, not one
   * per attempt.
   */
  synchronized void trouble(String what) {
    if (!closed && !what.equals(lastTrouble)) {
      lastTrouble = what;
      log.info("node {}: {} lane to node {}: {}", shared.handshake.self(), lane.name(), peer, what);
    }
  }

  synchronized void close() {
    closed = true;
    PeerStream<M> stream = current;
    current = null;
    if (stream != null) {
      stream.finish();
      events.down(peer);
    }
  }

  /**
   * The incoming half of one stream, from its first message to its end. Called on the stream's
   * event loop.
   */
  final class Incoming implements StreamObserver<M> {
    private final PeerStream<M> stream;
    private final boolean dialed;
    private boolean greeted;
    private boolean refused;
    private @Nullable Runnable onEnd;

    private Incoming(PeerStream<M> stream, boolean dialed) {
      this.stream = stream;
      this.dialed = dialed;
    }

    /**
     * @param end called once when the stream has ended, for whatever reason
     */
    void begin(CallStreamObserver<M> outgoing, Runnable end) {
      onEnd = end;
      stream.attach(outgoing);
      stream.loop().schedule(this::endUngreeted, GREETING_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    }

    void onReady() {
      stream.onReady();
    }

    /** The dialing side speaks first. */
    void greet() {
      stream.greet(lane.greeting(shared.handshake.greeting(peer)));
    }

    boolean wasGreeted() {
      return greeted;
    }

    boolean wasRefused() {
      return refused;
    }

    private void endUngreeted() {
      if (!greeted && onEnd != null) {
        stream.end(Status.DEADLINE_EXCEEDED.withDescription("no greeting"));
        ended("no greeting within " + GREETING_TIMEOUT_MILLIS + " ms");
      }
    }

    @Override
    public void onNext(M message) {
      if (!greeted) {
        firstMessage(message);
      } else if (current == stream && lane.count(message) > 0) {
        lane.deliver(shared.receiver, peer, message);
      }
    }

    private void firstMessage(M message) {
      Optional<Hello> hello = lane.greetingIn(message);
      String objection =
          hello
              .map(said -> shared.handshake.objection(said, peer).orElse(""))
              .orElse("node %d did not say who it is".formatted(peer));
      if (!objection.isEmpty()) {
        refused = true;
        shared.stats.refused();
        stream.end(Status.FAILED_PRECONDITION.withDescription(objection));
        ended("refused: " + objection);
        return;
      }
      if (isClosed()) {
        // Not greeted back: the peer must not take this for a connection.
        stream.end(Status.UNAVAILABLE.withDescription("closing"));
        ended("closing");
        return;
      }
      greeted = true;
      if (!dialed) {
        greet();
      }
      if (!establish(stream)) {
        stream.end(Status.UNAVAILABLE.withDescription("closing"));
      }
    }

    @Override
    public void onError(Throwable failure) {
      Status status = Status.fromThrowable(failure);
      if (status.getCode() == Status.Code.FAILED_PRECONDITION) {
        refused = true;
      }
      ended(describe(status));
    }

    @Override
    public void onCompleted() {
      stream.finish();
      ended("closed by the peer");
    }

    private static String describe(Status status) {
      Throwable cause = status.getCause();
      while (cause != null && cause.getCause() != null) {
        cause = cause.getCause();
      }
      String what =
          status.getDescription() == null ? status.getCode().name() : status.getDescription();
      return cause == null ? what : what + ": " + cause.getMessage();
    }

    private void ended(String reason) {
      Runnable end = onEnd;
      if (end != null) {
        onEnd = null;
        release(stream);
        trouble(reason);
        end.run();
      }
    }
  }
}
