package dev.flotilla.raft.snapshot;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.raft.v1.BulkMessage;
import dev.flotilla.proto.raft.v1.SnapshotChunk;
import dev.flotilla.proto.raft.v1.SnapshotManifest;
import dev.flotilla.proto.raft.v1.SnapshotProgress;
import dev.flotilla.proto.raft.v1.SnapshotStatus;
import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.DiskFullException;
import dev.flotilla.raft.env.Transport;
import dev.flotilla.raft.snapshot.SnapshotStore.StoredSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receiving one group's snapshot. Takes the one chunk it expects and no other, tells the sender
 * what it expects next, compares whole files with their checksums, and in the end gives the folder
 * its name. When a snapshot at least as new is stored already, that one is checked instead and
 * nothing needs to come.
 */
final class IncomingTransfer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(IncomingTransfer.class);

  /** How often to let a sender know that checksums are still being compared. */
  private static final long REPORT_NANOS = 200_000_000L;

  /** What all transfers of an exchange share. */
  record Context(int self, Disk disk, Transport transport, SnapshotExchange.Options options) {}

  private final Context context;
  private final SnapshotStore store;
  private final SnapshotManifest manifest;

  private int from;
  private long term;
  private long transfer;
  private long sequence;
  private boolean reportDue = true;
  private Position lastReported = Position.START;
  private long lastHeardNanos;
  private long lastReportNanos;
  private boolean done;

  private @Nullable SnapshotCheck check;
  private @Nullable StoredSnapshot checked;
  private @Nullable IncomingSnapshot files;
  private @Nullable StoredSnapshot result;

  IncomingTransfer(Context context, SnapshotStore store, SnapshotManifest manifest, long nowNanos) {
    this.context = context;
    this.store = store;
    this.manifest = manifest;
    this.lastHeardNanos = nowNanos;
    this.lastReportNanos = nowNanos;
  }

  SnapshotManifest manifest() {
    return manifest;
  }

  int from() {
    return from;
  }

  long term() {
    return term;
  }

  boolean isDone() {
    return done;
  }

  /** The snapshot that stands in the store now, when the transfer ended well. */
  Optional<StoredSnapshot> result() {
    return Optional.ofNullable(result);
  }

  /** An offer of this snapshot, the first or a later one; a later one continues what is there. */
  void offered(int offeredBy, long senderTerm, long number, long nowNanos) {
    from = offeredBy;
    term = senderTerm;
    transfer = number;
    sequence = 0;
    reportDue = true;
    lastHeardNanos = nowNanos;
  }

  /** Decides what there is to do; once, after the first offer. */
  void begin(boolean storedIsIntact) {
    Optional<StoredSnapshot> latest = store.latest();
    try {
      if (latest.isEmpty() || latest.get().base().index() < manifest.getIndex()) {
        receive();
      } else if (storedIsIntact) {
        complete(latest.get());
      } else {
        checked = latest.get();
        check = new SnapshotCheck(context.disk, latest.get());
      }
    } catch (IOException e) {
      abandon(e);
    }
  }

  private void receive() throws IOException {
    IncomingSnapshot opened = store.openIncoming(manifest);
    files = opened;
    long missing = ManifestFile.totalBytes(manifest) - opened.heldBytes();
    long usable = context.disk.usableBytes();
    if (missing > usable) {
      throw new DiskFullException("%d bytes are missing, %d fit".formatted(missing, usable));
    }
  }

  void onChunk(int sender, SnapshotChunk chunk, long nowNanos) {
    IncomingSnapshot open = files;
    if (done || open == null || sender != from || chunk.getTransfer() != transfer) {
      return;
    }
    lastHeardNanos = nowNanos;
    reportDue = true;
    Position at = new Position(chunk.getFile(), chunk.getOffset());
    ByteString data = chunk.getData();
    if (!at.equals(open.next()) || at.equals(Position.end(manifest)) || data.isEmpty()) {
      return; // repeated, or something before it was lost: the report says what is wanted
    }
    long room = manifest.getFiles(at.file()).getSizeBytes() - at.offset();
    CRC32C crc = new CRC32C();
    crc.update(data.asReadOnlyByteBuffer());
    if (data.size() > room || (int) crc.getValue() != chunk.getCrc32C()) {
      return; // damaged on the way
    }
    try {
      open.append(data);
    } catch (IOException e) {
      abandon(e);
    }
  }

  /** Does what is due; returns nanoseconds until something is due again. */
  long step(long nowNanos) {
    try {
      work();
    } catch (IOException e) {
      abandon(e);
    }
    if (done) {
      return 0;
    }
    boolean busy = check != null || (files != null && files.hasUnverified());
    if (!busy && nowNanos - lastHeardNanos >= 2 * context.options.stallNanos()) {
      log.info("group {}: snapshot from node {}: nothing comes any more", store.group(), from);
      done = true;
      return 0;
    }
    if (nowNanos - lastReportNanos >= REPORT_NANOS && busy) {
      reportDue = true;
    }
    if (reportDue) {
      report(nowNanos);
    }
    if (busy) {
      return 0;
    }
    return reportDue
        ? OutgoingTransfer.LANE_FULL_NANOS
        : Math.max(0, lastHeardNanos + 2 * context.options.stallNanos() - nowNanos);
  }

  private void work() throws IOException {
    SnapshotCheck checking = check;
    StoredSnapshot stored = checked;
    if (checking != null && stored != null) {
      switch (checking.advance(SnapshotExchange.BUDGET_BYTES)) {
        case UNFINISHED -> {}
        case INTACT -> complete(stored);
        case DAMAGED -> {
          checking.close();
          check = null;
          store.discard(stored);
          receive();
        }
      }
      return;
    }
    IncomingSnapshot open = files;
    if (open != null) {
      open.verify(SnapshotExchange.BUDGET_BYTES);
      if (open.isComplete()) {
        open.close();
        complete(store.adopt(open.directory(), manifest));
      } else if (!open.hasUnverified() && open.next().equals(Position.end(manifest))) {
        throw new IllegalStateException("group " + store.group() + ": nothing left to do");
      } else if (!reportDue && !open.hasUnverified()) {
        // A file that was just found damaged is wanted again.
        reportDue = sequence > 0 && !open.next().equals(lastReported);
      }
    }
  }

  private void report(long nowNanos) {
    IncomingSnapshot open = files;
    Position next = open == null ? Position.end(manifest) : open.next();
    SnapshotProgress progress =
        SnapshotProgress.newBuilder()
            .setTransfer(transfer)
            .setStatus(SnapshotStatus.SNAPSHOT_STATUS_CONTINUE)
            .setNextFile(next.file())
            .setNextOffset(next.offset())
            .setIndex(manifest.getIndex())
            .setSequence(++sequence)
            .build();
    if (context.transport.sendBulk(from, envelope(progress))) {
      reportDue = false;
      lastReported = next;
      lastReportNanos = nowNanos;
    }
  }

  private BulkMessage envelope(SnapshotProgress progress) {
    return BulkMessage.newBuilder()
        .setGroup(store.group())
        .setFrom(context.self)
        .setTo(from)
        .setTerm(term)
        .setProgress(progress)
        .build();
  }

  private void complete(StoredSnapshot snapshot) {
    result = snapshot;
    done = true;
  }

  /**
   * Tells the sender that the snapshot is here, after the replica was told. Lost, it is asked for
   * again.
   */
  void reportComplete(StoredSnapshot snapshot) {
    tellEnd(SnapshotStatus.SNAPSHOT_STATUS_COMPLETE, "", snapshot.base().index());
  }

  private void tellEnd(SnapshotStatus status, String reason, long index) {
    context.transport.sendBulk(
        from,
        envelope(
            SnapshotProgress.newBuilder()
                .setTransfer(transfer)
                .setStatus(status)
                .setReason(reason)
                .setIndex(index)
                .setSequence(++sequence)
                .build()));
  }

  /**
   * What was received cannot be trusted, or does not fit: the next attempt begins from nothing.
   *
   * @throws UncheckedIOException when the disk failed
   */
  private void abandon(IOException failure) {
    boolean damaged = failure instanceof SnapshotDamagedException;
    if (!damaged && !DiskFullException.isCauseOf(failure)) {
      // It is the disk: nobody may go on with it, and trying again would not make it good (H32).
      done = true;
      close();
      throw new UncheckedIOException(failure);
    }
    log.warn(
        "group {}: snapshot at index {} from node {} given up",
        store.group(),
        manifest.getIndex(),
        from,
        failure);
    done = true;
    tellEnd(
        damaged ? SnapshotStatus.SNAPSHOT_STATUS_DAMAGED : SnapshotStatus.SNAPSHOT_STATUS_REFUSED,
        String.valueOf(failure.getMessage()),
        manifest.getIndex());
    IncomingSnapshot open = files;
    close();
    if (open != null) {
      try {
        context.disk.deleteRecursively(open.directory());
      } catch (IOException e) {
        log.warn("group {}: {} not deleted", store.group(), open.directory(), e);
      }
    }
  }

  @Override
  public void close() {
    try {
      if (check != null) {
        check.close();
      }
      if (files != null) {
        files.close();
      }
    } catch (IOException e) {
      log.warn("group {}: a file of an unfinished snapshot did not close", store.group(), e);
    }
  }
}
