package dev.flotilla.client;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.ReadConsistency;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.proto.client.v1.RequestBatch;
import io.grpc.Status;
import io.netty.channel.EventLoop;
import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's way to one node: requests of any number of threads, multiplexed by id over one
 * Exchange stream and gathered into batches without waiting, answers in any order.
 *
 * <p>Every request is answered exactly once, and the answer names an outcome. When the node gave
 * none:
 *
 * <ul>
 *   <li>too many requests or bytes outstanding: NOT_APPLIED, OVERLOADED, at once;
 *   <li>no connection, or one that has just failed and waits for its back-off: NOT_APPLIED,
 *       UNAVAILABLE;
 *   <li>the stream broke after the request was sent: UNAVAILABLE, UNKNOWN for a command,
 *       NOT_APPLIED for a query (which never has an effect);
 *   <li>the deadline passed: TIMEOUT, UNKNOWN for a command that was sent, otherwise NOT_APPLIED.
 * </ul>
 *
 * <p>It connects when there is something to send. All state belongs to one event loop; submitting
 * threads only enqueue and wake it, once per batch. Answers are called back on that loop (or on the
 * submitting thread when refused at once) and must not block it.
 */
public final class NodeClient implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodeClient.class);

  /**
   * @param clusterId nodes of other clusters refuse the stream
   * @param maxOutstanding most requests without an answer; beyond it they are refused at once
   * @param maxOutstandingBytes same, in bytes of their bodies plus a constant each
   * @param maxRequestBytes a larger body is refused with TOO_LARGE
   * @param maxBackoffMillis longest pause between two attempts to connect
   */
  public record Options(
      String clusterId,
      int maxOutstanding,
      long maxOutstandingBytes,
      int maxRequestBytes,
      int maxBackoffMillis) {

    public Options {
      if (maxOutstanding < 1 || maxOutstandingBytes < 1 || maxBackoffMillis < 1) {
        throw new IllegalArgumentException("limits must be positive");
      }
      if (maxRequestBytes < 1 || maxRequestBytes > Network.MAX_SERVER_INBOUND_BYTES / 2) {
        throw new IllegalArgumentException("maxRequestBytes does not fit into a message");
      }
    }

    public static Options of(String clusterId) {
      return new Options(clusterId, 16_384, 64L << 20, 4 << 20, 200);
    }
  }

  private static final int MAX_BATCH_REQUESTS = 1_024;
  private static final long FIRST_BACKOFF_NANOS = 10_000_000L;
  private static final long TICK_NANOS = 10_000_000L;
  private static final int WHEEL_SLOTS = 1_024;

  private final NodeAddress address;
  private final Options options;
  private final Network network;
  private final LongSupplier nanoTime;
  private final EventLoop loop;

  // Shared with submitting threads.
  private final ConcurrentLinkedQueue<PendingRequest> submitted = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final AtomicInteger outstanding = new AtomicInteger();
  private final AtomicLong outstandingBytes = new AtomicLong();
  private volatile boolean closed;
  private volatile boolean connected;

  // The event loop's own.
  private final ArrayDeque<PendingRequest> unsent = new ArrayDeque<>();
  private final LongObjectMap<PendingRequest> sent = new LongObjectHashMap<>();
  private final DeadlineWheel<PendingRequest> deadlines;
  private final Backoff backoff;
  private final ExchangeStream.Listener streamListener = new StreamListener();
  private @Nullable ExchangeStream stream;
  private boolean clusterNamed;
  private boolean ticking;
  private long lastId;
  private long redialAtNanos;
  private String whyDown = "not connected yet";

  /**
   * @param address the node's gRPC server, host:port
   */
  public NodeClient(String address, Options options, Network network) {
    this(address, options, network, RandomGenerator.getDefault(), System::nanoTime);
  }

  NodeClient(
      String address,
      Options options,
      Network network,
      RandomGenerator random,
      LongSupplier nanoTime) {
    this.address = NodeAddress.parse(address);
    this.options = options;
    this.network = network;
    this.nanoTime = nanoTime;
    this.loop = network.nextLoop();
    this.backoff =
        new Backoff(
            Math.min(FIRST_BACKOFF_NANOS, options.maxBackoffMillis * 1_000_000L),
            options.maxBackoffMillis * 1_000_000L,
            random);
    this.redialAtNanos = nanoTime.getAsLong();
    this.deadlines = new DeadlineWheel<>(WHEEL_SLOTS, TICK_NANOS, redialAtNanos);
  }

  public String address() {
    return address.toString();
  }

  /** Whether the node answered on the present stream. False says nothing about the next request. */
  public boolean isConnected() {
    return connected;
  }

  /** Requests without an answer. */
  public int outstanding() {
    return outstanding.get();
  }

  /** Sends a command to a group's replica on this node. */
  public void command(int group, ByteString command, int timeoutMillis, Consumer<Reply> onReply) {
    submit(
        group,
        PendingRequest.Kind.COMMAND,
        command,
        ReadConsistency.READ_CONSISTENCY_UNSPECIFIED,
        timeoutMillis,
        onReply);
  }

  /** The same; the future is completed on the event loop and never exceptionally. */
  public CompletableFuture<Reply> command(int group, ByteString command, int timeoutMillis) {
    CompletableFuture<Reply> future = new CompletableFuture<>();
    command(group, command, timeoutMillis, future::complete);
    return future;
  }

  /** Sends a query to a group's replica on this node. */
  public void query(
      int group,
      ByteString query,
      ReadConsistency consistency,
      int timeoutMillis,
      Consumer<Reply> onReply) {
    submit(group, PendingRequest.Kind.QUERY, query, consistency, timeoutMillis, onReply);
  }

  /** The same; the future is completed on the event loop and never exceptionally. */
  public CompletableFuture<Reply> query(
      int group, ByteString query, ReadConsistency consistency, int timeoutMillis) {
    CompletableFuture<Reply> future = new CompletableFuture<>();
    query(group, query, consistency, timeoutMillis, future::complete);
    return future;
  }

  /** Asks the node's replica of a group who belongs to the group. */
  public void members(int group, int timeoutMillis, Consumer<Reply> onReply) {
    submit(
        group,
        PendingRequest.Kind.MEMBERS,
        ByteString.EMPTY,
        ReadConsistency.READ_CONSISTENCY_UNSPECIFIED,
        timeoutMillis,
        onReply);
  }

  private void submit(
      int group,
      PendingRequest.Kind kind,
      ByteString body,
      ReadConsistency consistency,
      int timeoutMillis,
      Consumer<Reply> onReply) {
    if (body.size() > options.maxRequestBytes) {
      String message = body.size() + " bytes, at most " + options.maxRequestBytes + " are taken";
      onReply.accept(notApplied(ErrorCode.ERROR_CODE_TOO_LARGE, message));
      return;
    }
    long deadline = nanoTime.getAsLong() + Math.max(1, timeoutMillis) * 1_000_000L;
    PendingRequest request = new PendingRequest(group, kind, body, consistency, deadline, onReply);
    if (!admit(request)) {
      String message = "too many requests to " + address + " wait for an answer";
      onReply.accept(notApplied(ErrorCode.ERROR_CODE_OVERLOADED, message));
      return;
    }
    submitted.add(request);
    wake();
  }

  private boolean admit(PendingRequest request) {
    if (outstanding.incrementAndGet() > options.maxOutstanding) {
      outstanding.decrementAndGet();
      return false;
    }
    if (outstandingBytes.addAndGet(request.costBytes()) > options.maxOutstandingBytes) {
      outstandingBytes.addAndGet(-request.costBytes());
      outstanding.decrementAndGet();
      return false;
    }
    return true;
  }

  private void wake() {
    if (woken.get() || !woken.compareAndSet(false, true)) {
      return;
    }
    try {
      loop.execute(this::drain);
    } catch (RejectedExecutionException networkClosed) {
      closed = true;
      woken.set(false);
      for (PendingRequest r = submitted.poll(); r != null; r = submitted.poll()) {
        finish(r, notApplied(ErrorCode.ERROR_CODE_UNAVAILABLE, "this client is closed"));
      }
    }
  }

  private static Reply notApplied(ErrorCode error, String message) {
    return PendingRequest.refusal(Outcome.OUTCOME_NOT_APPLIED, error, message);
  }

  // ---- on the event loop from here on ----

  private void drain() {
    // Cleared first: whoever enqueues after this wakes the loop again.
    woken.set(false);
    for (PendingRequest r = submitted.poll(); r != null; r = submitted.poll()) {
      deadlines.add(r, r.deadlineNanos());
      unsent.add(r);
    }
    tickLater();
    pump();
  }

  private void pump() {
    if (closed) {
      failUnsent("this client is closed");
      return;
    }
    if (unsent.isEmpty()) {
      return;
    }
    if (stream == null && !dial()) {
      failUnsent("no connection to " + address + ": " + whyDown);
      return;
    }
    while (stream != null && stream.isReady() && !unsent.isEmpty()) {
      RequestBatch batch = nextBatch();
      if (batch.getRequestsCount() > 0) {
        stream.send(batch);
      }
    }
  }

  private boolean dial() {
    if (nanoTime.getAsLong() - redialAtNanos < 0) {
      return false;
    }
    clusterNamed = false;
    ExchangeStream dialed = new ExchangeStream(network, address, loop, streamListener);
    stream = dialed;
    dialed.start();
    return true;
  }

  private RequestBatch nextBatch() {
    RequestBatch.Builder batch = RequestBatch.newBuilder();
    if (!clusterNamed) {
      clusterNamed = true;
      batch.setClusterId(options.clusterId);
    }
    long now = nanoTime.getAsLong();
    long bytes = 0;
    while (batch.getRequestsCount() < MAX_BATCH_REQUESTS) {
      PendingRequest next = unsent.peek();
      if (next == null || (bytes > 0 && bytes + next.costBytes() > Network.BATCH_BYTES)) {
        break;
      }
      unsent.remove();
      if (next.isCompleted()) {
        continue; // timed out while it waited
      }
      bytes += next.costBytes();
      batch.addRequests(next.toWire(++lastId, now));
      sent.put(lastId, next);
    }
    return batch.build();
  }

  private void failUnsent(String why) {
    for (PendingRequest r = unsent.poll(); r != null; r = unsent.poll()) {
      if (!r.isCompleted()) {
        finish(r, r.withoutAnswer(ErrorCode.ERROR_CODE_UNAVAILABLE, why));
      }
    }
  }

  private void finish(PendingRequest request, Reply reply) {
    deadlines.remove(request);
    outstandingBytes.addAndGet(-request.costBytes());
    outstanding.decrementAndGet();
    try {
      request.complete(reply);
    } catch (RuntimeException e) {
      log.error("a caller's reply handler failed, node {}", address, e);
    }
  }

  private void tickLater() {
    if (!ticking && deadlines.size() > 0) {
      ticking = true;
      loop.schedule(this::tick, TICK_NANOS, TimeUnit.NANOSECONDS);
    }
  }

  private void tick() {
    ticking = false;
    deadlines.advance(nanoTime.getAsLong(), this::expire);
    tickLater();
  }

  private void expire(PendingRequest request) {
    if (request.id() != 0) {
      sent.remove(request.id());
    }
    String message = "no answer from " + address + " in time";
    finish(request, request.withoutAnswer(ErrorCode.ERROR_CODE_TIMEOUT, message));
  }

  private final class StreamListener implements ExchangeStream.Listener {
    @Override
    public void onReady(ExchangeStream from) {
      if (from == stream) {
        pump();
      }
    }

    @Override
    public void onReplies(ExchangeStream from, List<Reply> replies) {
      if (from != stream) {
        return;
      }
      if (!connected) {
        connected = true;
        backoff.reset();
      }
      for (Reply reply : replies) {
        // Absent: answered already, by its deadline.
        PendingRequest request = sent.remove(reply.getId());
        if (request != null) {
          finish(request, reply);
        }
      }
    }

    @Override
    public void onClosed(ExchangeStream from, Status status) {
      if (from != stream) {
        return;
      }
      stream = null;
      connected = false;
      String reason =
          status.getDescription() == null ? status.getCode().name() : status.getDescription();
      if (!reason.equals(whyDown)) {
        log.info("stream to node {} ended: {} {}", address, status.getCode(), reason);
        whyDown = reason;
      }
      // A stream that worked is dialed again at once: most often the node's process was replaced.
      redialAtNanos = nanoTime.getAsLong() + (from.hasAnswered() ? 0 : backoff.nextNanos());
      // FAILED_PRECONDITION is how the service says that it took nothing of this stream.
      boolean refused = status.getCode() == Status.Code.FAILED_PRECONDITION;
      failSent(refused, reason);
      pump();
    }
  }

  private void failSent(boolean refused, String reason) {
    // Copied: a reply handler may submit again, which only enqueues, but the map is cleared first
    // all the same.
    List<PendingRequest> lost = new ArrayList<>(sent.values());
    sent.clear();
    String message = "the stream to " + address + " broke: " + reason;
    for (PendingRequest request : lost) {
      finish(
          request,
          refused
              ? notApplied(ErrorCode.ERROR_CODE_UNAVAILABLE, message)
              : request.withoutAnswer(ErrorCode.ERROR_CODE_UNAVAILABLE, message));
    }
  }

  /** Like {@link #close}, and does not wait for it: for callers that must not block. */
  public void closeLater() {
    closed = true;
    try {
      loop.execute(this::closeOnLoop);
    } catch (RejectedExecutionException networkClosed) {
      log.debug("client of {} closed after its network", address);
    }
  }

  /** Answers everything outstanding as a broken stream would, and refuses what comes later. */
  @Override
  public void close() {
    closed = true;
    CountDownLatch done = new CountDownLatch(1);
    try {
      loop.execute(() -> {
        closeOnLoop();
        done.countDown();
      });
      if (!loop.inEventLoop() && !done.await(1, TimeUnit.SECONDS)) {
        log.warn("the event loop of the client of {} did not answer its close", address);
      }
    } catch (RejectedExecutionException networkClosed) {
      log.debug("client of {} closed after its network", address);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeOnLoop() {
    ExchangeStream open = stream;
    stream = null;
    connected = false;
    if (open != null) {
      open.abandon();
    }
    failSent(false, "this client was closed");
    drain();
  }
}
