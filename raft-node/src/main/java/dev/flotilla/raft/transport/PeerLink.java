package dev.flotilla.raft.transport;

import dev.flotilla.proto.raft.v1.Hello;
import dev.flotilla.raft.env.Transport.Receiver;
import io.grpc.Status;
import io.grpc.stub.CallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoop;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One lane to one peer: at most one greeted stream at a time. A newer stream of the same peer
 * replaces an older one, because a peer that restarted is back before the old connection's death is
 * noticed. Only a stream that the node with the higher id dialed, out of turn, does not replace one
 * that the other dialed: when both dial at once, both keep the same one.
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

  /**
   * What the links of one transport share.
   *
   * @param streamEnded told the peer after each of its streams; never under a link's lock
   */
  record Shared(
      Handshake handshake, Receiver receiver, TransportStats stats, IntConsumer streamEnded) {}

  private final int peer;
  private final Lane<M> lane;
  private final long bufferBytes;
  private final Shared shared;
  private final Events events;
  private volatile @Nullable PeerStream<M> current;

  // Guarded by this.
  private @Nullable Incoming established;
  private int open;
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

  /**
   * A stream before its greeting; its outgoing half must be attached by the caller.
   *
   * @param dialed whether this node dialed it
   */
  synchronized Incoming newStream(EventLoop loop, boolean dialed) {
    open++;
    return new Incoming(new PeerStream<>(lane, loop, bufferBytes, shared.stats), dialed);
  }

  /** Whether there is no stream, not even one that has yet to be greeted. */
  synchronized boolean isUnused() {
    return open == 0;
  }

  /** Empty when a stream may become the one that counts. */
  private synchronized Optional<Status> objectionTo(Incoming stream) {
    if (closed) {
      return Optional.of(Status.UNAVAILABLE.withDescription("closing"));
    }
    return established != null && established.inTurn() && !stream.inTurn()
        ? Optional.of(Status.ALREADY_EXISTS.withDescription("connected already"))
        : Optional.empty();
  }

  private synchronized Optional<Status> establish(Incoming incoming) {
    Optional<Status> objection = objectionTo(incoming);
    if (objection.isPresent()) {
      return objection;
    }
    Incoming older = established;
    current = incoming.stream;
    established = incoming;
    if (older != null) {
      older.stream.end(Status.ABORTED.withDescription("replaced by a newer stream"));
      // Nobody tells of the end of a stream that this node's server ended.
      discount(older);
      events.down(peer);
    }
    lastTrouble = "";
    shared.stats.connected();
    events.up(peer);
    return Optional.empty();
  }

  private synchronized void discount(Incoming stream) {
    if (stream.counted) {
      stream.counted = false;
      open--;
    }
  }

  private synchronized void release(Incoming ended) {
    ended.stream.lost();
    discount(ended);
    if (current == ended.stream) {
      current = null;
      established = null;
      events.down(peer);
    }
  }

  /** Ends, in order, the stream that this node dialed, if that is the one that counts. */
  synchronized void endDialed() {
    PeerStream<M> stream = current;
    if (stream != null && established != null && established.dialed) {
      current = null;
      established = null;
      stream.finish();
      events.down(peer);
    }
  }

  /**
   * Logs when the trouble is another than last time: a peer that stays away is one line, not one
   * per attempt.
   */
  synchronized void trouble(String what) {
    if (!closed && current == null && !what.equals(lastTrouble)) {
      lastTrouble = what;
      log.info("node {}: {} lane to node {}: {}", shared.handshake.self(), lane.name(), peer, what);
    }
  }

  synchronized void close() {
    closed = true;
    PeerStream<M> stream = current;
    current = null;
    established = null;
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

    /** Guarded by the link. */
    private boolean counted = true;

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

    /** Whether the node with the lower id dialed it. */
    boolean inTurn() {
      return dialed == shared.handshake.self() < peer;
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
      Optional<Status> obstacle = objectionTo(this);
      if (obstacle.isPresent()) {
        // Not greeted back: the peer must not take this for a connection.
        end(obstacle.get());
        return;
      }
      greeted = true;
      if (!dialed) {
        greet();
      }
      establish(this).ifPresent(this::end);
    }

    private void end(Status reason) {
      stream.end(reason);
      ended(String.valueOf(reason.getDescription()));
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
        release(this);
        trouble(reason);
        end.run();
        shared.streamEnded.accept(peer);
      }
    }
  }
}
