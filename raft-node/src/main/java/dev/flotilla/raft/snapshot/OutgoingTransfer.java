package dev.flotilla.raft.snapshot;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.flotilla.proto.raft.v1.BulkMessage;
import dev.flotilla.proto.raft.v1.SnapshotChunk;
import dev.flotilla.proto.raft.v1.SnapshotFile;
import dev.flotilla.proto.raft.v1.SnapshotManifest;
import dev.flotilla.proto.raft.v1.SnapshotOffer;
import dev.flotilla.proto.raft.v1.SnapshotProgress;
import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.DiskFile;
import dev.flotilla.raft.env.Transport;
import dev.flotilla.raft.snapshot.SnapshotStore.StoredSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.function.LongSupplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sending one snapshot to one peer. The receiver says what it needs next; this side keeps a window
 * of chunks in flight from there. There is one remedy for everything that may go wrong on the way
 * (a lost or repeated message, a broken connection, a receiver that restarted): after a silence the
 * snapshot is offered again under a new transfer number, and the answer says where to go on.
 */
final class OutgoingTransfer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OutgoingTransfer.class);

  private static final long FIRST_RETRY_NANOS = 250_000_000L;
  private static final long LONGEST_RETRY_NANOS = 2_000_000_000L;
  private static final long AFTER_DISCONNECT_NANOS = 20_000_000L;

  /** How soon to try again when the lane took nothing. */
  static final long LANE_FULL_NANOS = 5_000_000L;

  /** What all transfers of an exchange share. */
  record Context(
      int self,
      Disk disk,
      Transport transport,
      TokenBucket bucket,
      SnapshotExchange.Options options,
      LongSupplier transferNumbers) {}

  /** What is being done. */
  private enum State {
    OFFERING,
    STREAMING,
    /** The receiver says that our file is damaged, or we could not read it: see whether it is. */
    CHECKING,
    DONE
  }

  private final Context context;
  private final int group;
  private final int peer;
  private final long term;
  private final StoredSnapshot snapshot;
  private final SnapshotStore store;
  private final SnapshotStore.Hold hold;
  private final SnapshotManifest manifest;

  private State state = State.OFFERING;
  private boolean success;
  private long reachedIndex;
  private String failure = "";

  private long transfer;
  private long lastSequence;
  private Position acked = Position.START;
  private Position next = Position.START;

  /** Where the chunks in flight begin, in the order they were sent. */
  private final ArrayDeque<Position> inFlight = new ArrayDeque<>();

  private long retryAtNanos;
  private long retryNanos = FIRST_RETRY_NANOS;
  private long lastAdvanceNanos;
  private long lastSentNanos;

  private int openIndex = -1;
  private @Nullable DiskFile openFile;
  private @Nullable SnapshotCheck check;

  OutgoingTransfer(
      Context context,
      SnapshotStore store,
      SnapshotStore.Hold hold,
      int peer,
      long term,
      StoredSnapshot snapshot,
      long nowNanos) {
    this.context = context;
    this.group = store.group();
    this.peer = peer;
    this.term = term;
    this.snapshot = snapshot;
    this.store = store;
    this.hold = hold;
    this.manifest = snapshot.manifest();
    this.reachedIndex = snapshot.base().index();
    this.retryAtNanos = nowNanos;
    this.lastAdvanceNanos = nowNanos;
    this.lastSentNanos = nowNanos;
  }

  boolean isDone() {
    return state == State.DONE;
  }

  boolean succeeded() {
    return success;
  }

  /**
   * What the peer holds now, when it succeeded: the snapshot's index or, if it had a newer one,
   * that.
   */
  long reachedIndex() {
    return reachedIndex;
  }

  String failure() {
    return failure;
  }

  void onDisconnected(long nowNanos) {
    if (state == State.STREAMING) {
      state = State.OFFERING;
      retryAtNanos = nowNanos + AFTER_DISCONNECT_NANOS;
    }
  }

  void onProgress(SnapshotProgress progress, long nowNanos) {
    boolean listening = state == State.OFFERING || state == State.STREAMING;
    if (!listening || progress.getTransfer() != transfer) {
      return;
    }
    switch (progress.getStatus()) {
      case SNAPSHOT_STATUS_CONTINUE -> onContinue(progress, nowNanos);
      case SNAPSHOT_STATUS_COMPLETE -> {
        reachedIndex = Math.max(reachedIndex, progress.getIndex());
        success = true;
        state = State.DONE;
      }
      case SNAPSHOT_STATUS_DAMAGED -> {
        check("the receiver found it damaged: " + progress.getReason());
      }
      case SNAPSHOT_STATUS_REFUSED, SNAPSHOT_STATUS_UNSPECIFIED, UNRECOGNIZED ->
          fail("refused: " + progress.getReason());
    }
  }

  private void onContinue(SnapshotProgress progress, long nowNanos) {
    Position told = new Position(progress.getNextFile(), progress.getNextOffset());
    if (progress.getSequence() <= lastSequence || !told.isWithin(manifest)) {
      return;
    }
    lastSequence = progress.getSequence();
    Position wanted = told.skipComplete(manifest);
    // At the end the receiver compares checksums, which takes as long as it takes: hearing of it is
    // enough.
    boolean alive = wanted.equals(Position.end(manifest));
    if (alive || !wanted.equals(acked)) {
      lastAdvanceNanos = nowNanos;
      retryNanos = FIRST_RETRY_NANOS;
    }
    retryAtNanos = nowNanos + retryNanos;
    boolean jump = wanted.compareTo(acked) < 0 || wanted.compareTo(next) > 0;
    if (jump || state == State.OFFERING) {
      inFlight.clear();
      next = wanted;
    }
    while (!inFlight.isEmpty() && inFlight.getFirst().compareTo(wanted) < 0) {
      inFlight.removeFirst();
    }
    acked = wanted;
    state = State.STREAMING;
  }

  /**
   * Does what is due; returns nanoseconds until something is due again.
   *
   * @throws UncheckedIOException when the disk fails; damage to the snapshot is no such failure
   */
  long step(long nowNanos) {
    try {
      return switch (state) {
        case OFFERING, STREAMING -> transfer(nowNanos);
        case CHECKING -> checkOwn();
        case DONE -> Long.MAX_VALUE;
      };
    } catch (IOException e) {
      if (state == State.CHECKING) {
        throw new UncheckedIOException(e);
      }
      // A file may be missing or cut short: see whether it is that, or the disk.
      log.warn("group {}: snapshot {} cannot be read", group, snapshot.directory(), e);
      check("cannot be read: " + e.getMessage());
      return 0;
    }
  }

  private long transfer(long nowNanos) throws IOException {
    long stallAt = lastAdvanceNanos + context.options.stallNanos();
    if (nowNanos - stallAt >= 0) {
      fail("no progress");
      return 0;
    }
    // While the rate cap holds everything back no answer is awaited; then an offer, seldom, keeps
    // the receiver patient.
    boolean awaiting =
        state == State.OFFERING || !inFlight.isEmpty() || next.equals(Position.end(manifest));
    long offerAt = awaiting ? retryAtNanos : lastSentNanos + context.options.stallNanos() / 2;
    if (nowNanos - offerAt >= 0) {
      offer(nowNanos);
      offerAt = retryAtNanos;
    }
    long chunkWait = state == State.STREAMING ? sendChunks(nowNanos) : Long.MAX_VALUE;
    return Math.max(0, Math.min(chunkWait, Math.min(stallAt, offerAt) - nowNanos));
  }

  private void offer(long nowNanos) {
    transfer = context.transferNumbers.getAsLong();
    lastSequence = 0;
    state = State.OFFERING;
    inFlight.clear();
    next = acked;
    context.transport.sendBulk(
        peer,
        envelope()
            .setOffer(SnapshotOffer.newBuilder().setTransfer(transfer).setManifest(manifest))
            .build());
    lastSentNanos = nowNanos;
    retryAtNanos = nowNanos + retryNanos;
    // Several attempts must fit before the silence counts as a stall.
    long longest = Math.min(LONGEST_RETRY_NANOS, context.options.stallNanos() / 8);
    retryNanos = Math.max(FIRST_RETRY_NANOS, Math.min(longest, retryNanos * 2));
  }

  private BulkMessage.Builder envelope() {
    return BulkMessage.newBuilder().setGroup(group).setFrom(context.self).setTo(peer).setTerm(term);
  }

  private long sendChunks(long nowNanos) throws IOException {
    while (inFlight.size() < context.options.windowChunks()
        && !next.equals(Position.end(manifest))) {
      long wait = context.bucket.waitNanos(nowNanos);
      if (wait > 0) {
        if (inFlight.isEmpty()) {
          // It is we who wait, not the peer.
          lastAdvanceNanos = nowNanos;
        }
        return wait;
      }
      if (inFlight.isEmpty()) {
        retryAtNanos = nowNanos + retryNanos;
      }
      ByteString data = readChunk();
      if (!context.transport.sendBulk(peer, chunk(data))) {
        return LANE_FULL_NANOS;
      }
      lastSentNanos = nowNanos;
      context.bucket.take(data.size());
      inFlight.addLast(next);
      next = new Position(next.file(), next.offset() + data.size()).skipComplete(manifest);
    }
    return Long.MAX_VALUE;
  }

  private BulkMessage chunk(ByteString data) {
    CRC32C crc = new CRC32C();
    crc.update(data.asReadOnlyByteBuffer());
    return envelope()
        .setChunk(
            SnapshotChunk.newBuilder()
                .setTransfer(transfer)
                .setFile(next.file())
                .setOffset(next.offset())
                .setData(data)
                .setCrc32C((int) crc.getValue()))
        .build();
  }

  private ByteString readChunk() throws IOException {
    SnapshotFile file = manifest.getFiles(next.file());
    DiskFile open = openFile;
    if (open == null || openIndex != next.file()) {
      closeFile();
      open = context.disk.open(snapshot.directory() + "/" + file.getName(), Disk.OpenMode.READ);
      openFile = open;
      openIndex = next.file();
    }
    int size = (int) Math.min(context.options.chunkBytes(), file.getSizeBytes() - next.offset());
    ByteBuffer buffer = ByteBuffer.allocate(size);
    if (open.read(next.offset(), buffer) < size) {
      throw new IOException(file.getName() + " is shorter than its manifest says");
    }
    // Safe: nobody else has the array.
    return UnsafeByteOperations.unsafeWrap(buffer.array());
  }

  private long checkOwn() throws IOException {
    SnapshotCheck checking = check;
    if (checking == null) {
      throw new IllegalStateException("group " + group + ": checking nothing");
    }
    return switch (checking.advance(SnapshotExchange.BUDGET_BYTES)) {
      case UNFINISHED -> 0;
      case INTACT -> {
        fail(failure + ", but it is intact here");
        yield 0;
      }
      case DAMAGED -> {
        // Gone, so that the next time a new one is made.
        store.discard(snapshot);
        fail(failure + ", and so it is");
        yield 0;
      }
    };
  }

  private void check(String reason) {
    failure = reason;
    check = new SnapshotCheck(context.disk, snapshot);
    state = State.CHECKING;
  }

  private void fail(String reason) {
    failure = reason;
    state = State.DONE;
  }

  private void closeFile() throws IOException {
    DiskFile open = openFile;
    openFile = null;
    openIndex = -1;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public void close() {
    hold.close();
    try {
      closeFile();
      if (check != null) {
        check.close();
      }
    } catch (IOException e) {
      log.warn("group {}: a file of {} did not close", group, snapshot.directory(), e);
    }
  }
}
