package dev.flotilla.raft.snapshot;

import dev.flotilla.proto.raft.v1.BulkMessage;
import dev.flotilla.proto.raft.v1.SnapshotManifest;
import dev.flotilla.proto.raft.v1.SnapshotOffer;
import dev.flotilla.proto.raft.v1.SnapshotProgress;
import dev.flotilla.proto.raft.v1.SnapshotStatus;
import dev.flotilla.raft.core.LogBase;
import dev.flotilla.raft.env.Clock;
import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.Transport;
import dev.flotilla.raft.snapshot.SnapshotStore.StoredSnapshot;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All snapshot transfers of one node, both ways. An object with a {@link #pass}: a thread of its
 * own calls it in production, the simulator in simulation. Windowed, resumable, rate-capped,
 * bounded; a transfer that makes no progress for a while is given up and reported.
 *
 * <p>Callers only enqueue; every touch of the disk happens in a pass, a bounded amount each time.
 */
public final class SnapshotExchange {
  private static final Logger log = LoggerFactory.getLogger(SnapshotExchange.class);

  /** How much of a transfer's files is checksummed in one pass. */
  static final long BUDGET_BYTES = 4L << 20;

  private static final int MAX_INBOX_MESSAGES = 4_096;
  private static final long MAX_INBOX_BYTES = 32L << 20;

  /**
   * @param chunkBytes most bytes of a file in one message
   * @param windowChunks most chunks in flight per transfer
   * @param bytesPerSecond cap over all outgoing transfers; 0 = none
   * @param stallNanos a transfer whose receiver gets no further for this long is given up
   */
  public record Options(int chunkBytes, int windowChunks, long bytesPerSecond, long stallNanos) {
    public static final Options DEFAULT = new Options(256 << 10, 8, 64L << 20, 10_000_000_000L);

    public Options {
      if (chunkBytes < 1 || chunkBytes > 4 << 20 || windowChunks < 1 || windowChunks > 1_024) {
        throw new IllegalArgumentException(
            "%d chunks of %d bytes in flight".formatted(windowChunks, chunkBytes));
      }
      if (bytesPerSecond < 0 || stallNanos < 1) {
        throw new IllegalArgumentException("rate and stall must not be negative");
      }
    }
  }

  /** What became of transfers; called from {@link #pass}, must not block. */
  public interface Listener {
    /**
     * A snapshot stands complete, verified and durable in the group's store. It may be a newer one
     * than was offered, and it may be told again when the sender did not hear of it.
     */
    void received(int group, int from, long term, LogBase base);

    /**
     * @param index on success, what the peer's store reaches: at least the snapshot's index
     */
    void sent(int group, int peer, boolean success, long index);
  }

  /** A message that waits for the next pass. */
  private record Arrived(int from, BulkMessage message) {}

  private record Route(int group, int peer) implements Comparable<Route> {
    private static final Comparator<Route> ORDER =
        Comparator.comparingInt(Route::group).thenComparingInt(Route::peer);

    @Override
    public int compareTo(Route other) {
      return ORDER.compare(this, other);
    }
  }

  private final int self;
  private final Clock clock;
  private final Transport transport;
  private final Listener listener;
  private final OutgoingTransfer.Context outgoingContext;
  private final IncomingTransfer.Context incomingContext;
  private final Map<Integer, SnapshotStore> stores = new ConcurrentHashMap<>();

  // What others want done in the next pass; guarded by the inbox. All but the inbox hold one entry
  // per peer or group.
  private final ArrayDeque<Arrived> inbox = new ArrayDeque<>();
  private long inboxBytes;
  private final TreeMap<Route, OutgoingTransfer> wanted = new TreeMap<>();
  private final TreeSet<Integer> disconnected = new TreeSet<>();
  private final TreeSet<Integer> unregistered = new TreeSet<>();

  private final AtomicLong dropped = new AtomicLong();
  private volatile Runnable wakeUp = () -> {};

  // The passes' own from here on. Sorted, so that a simulation runs the same each time.
  private final TreeMap<Route, OutgoingTransfer> outgoing = new TreeMap<>();
  private final TreeMap<Integer, IncomingTransfer> incoming = new TreeMap<>();

  /**
   * By group, the folder whose files were last found to match their checksums, in this process's
   * life.
   */
  private final Map<Integer, String> knownIntact = new HashMap<>();

  public SnapshotExchange(
      int self, Disk disk, Clock clock, Transport transport, Options options, Listener listener) {
    this.self = self;
    this.clock = clock;
    this.transport = transport;
    this.listener = listener;
    long burst = Math.max(options.chunkBytes, options.bytesPerSecond / 8);
    TokenBucket bucket = new TokenBucket(options.bytesPerSecond, burst, clock.nanoTime());
    // Numbers of an earlier life of this node must not come up again while its messages may still
    // be under way.
    AtomicLong lastTransfer = new AtomicLong(clock.wallMillis() << 16);
    this.outgoingContext =
        new OutgoingTransfer.Context(
            self, disk, transport, bucket, options, lastTransfer::incrementAndGet);
    this.incomingContext = new IncomingTransfer.Context(self, disk, transport, options);
  }

  /** Groups this node hosts; thread-safe. */
  public void register(int group, SnapshotStore store) {
    stores.put(group, store);
  }

  /** Ends the group's transfers without a word; thread-safe. */
  public void unregister(int group) {
    stores.remove(group);
    synchronized (inbox) {
      unregistered.add(group);
    }
    wakeUp.run();
  }

  /**
   * Starts sending a stored snapshot to a peer; thread-safe. A transfer to that peer under way is
   * replaced. The snapshot is kept from being pruned from now on until the listener hears of the
   * end.
   */
  public void send(int group, int peer, long term, SnapshotStore.StoredSnapshot snapshot) {
    SnapshotStore store = stores.get(group);
    if (store == null) {
      throw new IllegalArgumentException("group " + group + " is not registered");
    }
    OutgoingTransfer transfer =
        new OutgoingTransfer(
            outgoingContext, store, store.hold(snapshot), peer, term, snapshot, clock.nanoTime());
    OutgoingTransfer replaced;
    synchronized (inbox) {
      replaced = wanted.put(new Route(group, peer), transfer);
    }
    if (replaced != null) {
      replaced.close();
    }
    wakeUp.run();
  }

  /** A message of the bulk lane; thread-safe, bounded: what does not fit is dropped. */
  public void onBulk(int from, BulkMessage message) {
    int size = message.getSerializedSize();
    synchronized (inbox) {
      if (inbox.size() >= MAX_INBOX_MESSAGES || inboxBytes + size > MAX_INBOX_BYTES) {
        dropped.incrementAndGet();
        return;
      }
      inboxBytes += size;
      inbox.add(new Arrived(from, message));
    }
    wakeUp.run();
  }

  /** Messages that did not fit the inbox. */
  public long dropped() {
    return dropped.get();
  }

  /**
   * Thread-safe. What was on the way to the peer is lost; it is offered the rest when it is back.
   */
  public void onPeerDisconnected(int peer) {
    synchronized (inbox) {
      disconnected.add(peer);
    }
    wakeUp.run();
  }

  /** Sets what to call when work arrives between passes (to unpark the thread). */
  public void onWork(Runnable wakeUp) {
    this.wakeUp = wakeUp;
  }

  /**
   * Does the work that is due; returns nanoseconds until it wants to be called again at the latest.
   *
   * @throws java.io.UncheckedIOException when the disk fails, for anything but lack of room
   */
  public long pass() {
    long now = clock.nanoTime();
    takeOrders(now);
    for (Arrived arrived = poll(); arrived != null; arrived = poll()) {
      handle(arrived.from, arrived.message, now);
    }
    long wait = Long.MAX_VALUE;
    for (Map.Entry<Integer, IncomingTransfer> each : List.copyOf(incoming.entrySet())) {
      wait = Math.min(wait, each.getValue().step(now));
      settle(each.getKey(), each.getValue());
    }
    for (Map.Entry<Route, OutgoingTransfer> each : List.copyOf(outgoing.entrySet())) {
      wait = Math.min(wait, each.getValue().step(now));
      settle(each.getKey(), each.getValue());
    }
    return wait;
  }

  private void takeOrders(long now) {
    Set<Integer> endedGroups;
    Set<Integer> lostPeers;
    TreeMap<Route, OutgoingTransfer> begun;
    synchronized (inbox) {
      endedGroups = new TreeSet<>(unregistered);
      lostPeers = new TreeSet<>(disconnected);
      begun = new TreeMap<>(wanted);
      unregistered.clear();
      disconnected.clear();
      wanted.clear();
    }
    endedGroups.forEach(this::drop);
    outgoing.forEach((route, transfer) -> {
      if (lostPeers.contains(route.peer)) {
        transfer.onDisconnected(now);
      }
    });
    begun.forEach(this::begin);
  }

  private void begin(Route route, OutgoingTransfer transfer) {
    if (!stores.containsKey(route.group)) {
      transfer.close();
      return;
    }
    OutgoingTransfer replaced = outgoing.put(route, transfer);
    if (replaced != null) {
      replaced.close();
    }
  }

  private @Nullable Arrived poll() {
    synchronized (inbox) {
      Arrived arrived = inbox.poll();
      if (arrived != null) {
        inboxBytes -= arrived.message.getSerializedSize();
      }
      return arrived;
    }
  }

  private void drop(int group) {
    IncomingTransfer receiving = incoming.remove(group);
    if (receiving != null) {
      receiving.close();
    }
    for (Route route : List.copyOf(outgoing.keySet())) {
      OutgoingTransfer sending = route.group == group ? outgoing.remove(route) : null;
      if (sending != null) {
        sending.close();
      }
    }
  }

  private void handle(int from, BulkMessage message, long now) {
    if (message.getFrom() != from || message.getTo() != self) {
      return; // a peer speaks for itself, to us
    }
    switch (message.getBodyCase()) {
      case OFFER -> onOffer(from, message, now);
      case CHUNK -> {
        IncomingTransfer transfer = incoming.get(message.getGroup());
        if (transfer != null) {
          transfer.onChunk(from, message.getChunk(), now);
          settle(message.getGroup(), transfer);
        }
      }
      case PROGRESS -> {
        OutgoingTransfer transfer = outgoing.get(new Route(message.getGroup(), from));
        if (transfer != null) {
          transfer.onProgress(message.getProgress(), now);
        }
      }
      case BODY_NOT_SET -> {} // of a later version: lost, as it were
    }
  }

  private void onOffer(int from, BulkMessage message, long now) {
    int group = message.getGroup();
    SnapshotOffer offer = message.getOffer();
    SnapshotManifest manifest = offer.getManifest();
    SnapshotStore store = stores.get(group);
    if (store == null) {
      refuse(from, message, "node " + self + " does not host group " + group);
      return;
    }
    Optional<String> objection = ManifestFile.objection(manifest, group);
    if (objection.isPresent()) {
      refuse(from, message, objection.get());
      return;
    }
    IncomingTransfer current = incoming.get(group);
    if (current != null && !current.manifest().equals(manifest)) {
      boolean outdated =
          message.getTerm() < current.term()
              || (message.getTerm() == current.term()
                  && manifest.getIndex() < current.manifest().getIndex());
      if (outdated) {
        return; // of a deposed leader, or delayed: what is under way is wanted more
      }
      current.close();
      incoming.remove(group);
      current = null;
    }
    if (current != null) {
      current.offered(from, message.getTerm(), offer.getTransfer(), now);
      return;
    }
    log.info(
        "group {}: snapshot at index {} of {} bytes offered by node {}, term {}",
        group,
        manifest.getIndex(),
        ManifestFile.totalBytes(manifest),
        from,
        message.getTerm());
    IncomingTransfer begun = new IncomingTransfer(incomingContext, store, manifest, now);
    incoming.put(group, begun);
    begun.offered(from, message.getTerm(), offer.getTransfer(), now);
    begun.begin(isKnownIntact(store));
    settle(group, begun);
  }

  private boolean isKnownIntact(SnapshotStore store) {
    String intact = knownIntact.get(store.group());
    return store.latest().map(s -> s.directory().equals(intact)).orElse(false);
  }

  private void refuse(int to, BulkMessage offer, String reason) {
    log.warn("group {}: snapshot of node {} refused: {}", offer.getGroup(), to, reason);
    transport.sendBulk(
        to,
        BulkMessage.newBuilder()
            .setGroup(offer.getGroup())
            .setFrom(self)
            .setTo(to)
            .setTerm(offer.getTerm())
            .setProgress(
                SnapshotProgress.newBuilder()
                    .setTransfer(offer.getOffer().getTransfer())
                    .setStatus(SnapshotStatus.SNAPSHOT_STATUS_REFUSED)
                    .setReason(reason)
                    .setSequence(1))
            .build());
  }

  /**
   * Takes an ended transfer off the list and says what became of it: the replica first, then the
   * sender (H42).
   */
  private void settle(int group, IncomingTransfer transfer) {
    if (!transfer.isDone() || !incoming.remove(group, transfer)) {
      return;
    }
    transfer.close();
    Optional<StoredSnapshot> stored = transfer.result();
    if (stored.isPresent()) {
      knownIntact.put(group, stored.get().directory());
      listener.received(group, transfer.from(), transfer.term(), stored.get().base());
      transfer.reportComplete(stored.get());
    }
  }

  private void settle(Route route, OutgoingTransfer transfer) {
    if (!transfer.isDone() || !outgoing.remove(route, transfer)) {
      return;
    }
    transfer.close();
    if (transfer.succeeded()) {
      log.info(
          "group {}: snapshot sent to node {}, which holds everything up to index {}",
          route.group,
          route.peer,
          transfer.reachedIndex());
    } else {
      log.warn(
          "group {}: snapshot not sent to node {}: {}",
          route.group,
          route.peer,
          transfer.failure());
    }
    listener.sent(route.group, route.peer, transfer.succeeded(), transfer.reachedIndex());
  }
}
