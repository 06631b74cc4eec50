package dev.flotilla.raft.log;

import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what the life before left, and changes nothing that could be needed; the package
 * description tells its rules.
 *
 * <p>The last sync's records are held back: whoever opens the log writes them to a new segment,
 * syncs, and then {@linkplain #dropMovedTail drops them here}. A new segment begins with the number
 * of the first batch it replaces, and the batches from that number on in older segments no longer
 * count: so a crash at any moment of this leaves either the old or the new copy, whole.
 */
final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

  private final Disk disk;
  private final String directory;
  private final LogIdentity identity;
  private final Replay replay = new Replay();
  private final List<SegmentScanner> scanners = new ArrayList<>();
  private final List<Segment> kept = new ArrayList<>();

  private long nextBatch = 1;
  private int previousCrc;

  /**
   * The last sync: its records without checkpoints, and number, position, predecessor of its first
   * batch.
   */
  private final List<HeldRecord> held = new ArrayList<>();

  private long heldNumber = 1;
  private long heldPosition = LogFormat.SEGMENT_HEADER_BYTES;
  private int heldPreviousCrc;

  Recovery(Disk disk, String directory, LogIdentity identity) {
    this.disk = disk;
    this.directory = directory;
    this.identity = identity;
  }

  /** A record and where it stands. */
  record HeldRecord(Record record, String path, long location) {}

  void run() throws IOException {
    LogSalvage.finishReplacing(disk, directory);
    disk.createDirectories(directory);
    // A name may be in memory only, when the process died between a rename and its fsync.
    disk.syncDirectory(directory);
    deleteUnfinished();
    try {
      openSegments();
      scan();
    } catch (IOException | RuntimeException e) {
      close(e);
      throw e;
    }
  }

  /** States of all groups, without the held records. */
  Replay replay() {
    return replay;
  }

  /** Records of the last sync, in order, to be written again and applied. */
  List<HeldRecord> held() {
    return held;
  }

  /** Number of the batch that takes the held records: that of the first batch that held them. */
  long nextBatch() {
    return heldNumber;
  }

  /** Checksum of the batch before {@link #nextBatch()}. */
  int previousCrc() {
    return heldPreviousCrc;
  }

  long nextSequence() {
    return kept.isEmpty() ? 1 : scanners.getLast().segment().sequence + 1;
  }

  /**
   * Cuts the last sync and anything torn behind it, durably, now that its records are durable
   * elsewhere. Nothing may be written to the log before this has returned.
   *
   * @return the segments that are still needed, oldest first
   */
  List<Segment> dropMovedTail() throws IOException {
    for (int i = scanners.size() - 1; i >= 0; i--) {
      Segment segment = scanners.get(i).segment();
      if (!kept.contains(segment)) {
        delete(segment);
      }
    }
    if (!kept.isEmpty()) {
      Segment last = kept.removeLast();
      if (heldPosition == LogFormat.SEGMENT_HEADER_BYTES) {
        delete(last);
      } else {
        kept.add(cut(last, heldPosition));
      }
    }
    return kept;
  }

  /** Closes the files after a start that failed. */
  void close(Exception cause) {
    for (SegmentScanner scanner : scanners) {
      try {
        scanner.segment().file.close();
      } catch (IOException e) {
        cause.addSuppressed(e);
      }
    }
  }

  private void deleteUnfinished() throws IOException {
    for (String name : disk.list(directory)) {
      if (name.endsWith(LogFormat.STAGING_SUFFIX)) {
        disk.delete(directory + "/" + name);
      }
    }
  }

  private void openSegments() throws IOException {
    for (String name : disk.list(directory)) {
      if (!LogFormat.isSegmentName(name)) {
        continue;
      }
      String path = directory + "/" + name;
      long sequence = LogFormat.sequenceOf(name);
      if (sequence < 1 || sequence > Location.MAX_SEQUENCE) {
        throw LogDamagedException.at(path, 0, "no segment of this log has such a number");
      }
      DiskFile file = disk.open(path, Disk.OpenMode.READ);
      Segment segment =
          new Segment(sequence, path, file, LogFormat.SEGMENT_HEADER_BYTES, file.size());
      scanners.add(new SegmentScanner(segment));
      SegmentHeader.check(file, path, identity, sequence);
    }
  }

  private void scan() throws IOException {
    int at = 0;
    while (at < scanners.size()) {
      int next = nextWithBatches(at);
      long limit = next < scanners.size() ? firstNumber(next) : Long.MAX_VALUE;
      SegmentScanner scanner = scanners.get(at);
      Batch first = scanner.batchAt(LogFormat.SEGMENT_HEADER_BYTES);
      if (first == null) {
        // Segments that begin with a batch are followed by such ones only, so this is the oldest of
        // all.
        refuseUnlessNew(scanner.segment(), next);
        return;
      }
      if (first.number() < limit) {
        if (kept.isEmpty()) {
          nextBatch = first.number();
          previousCrc = first.previousCrc();
        }
        long end = scanBatches(scanner, limit);
        scanner.segment().endsAt(end);
        kept.add(scanner.segment());
        if (nextBatch != limit) {
          refuseIfSynced(at, end);
          sayWhatIsTorn(scanner, end);
          return;
        }
      }
      at = next;
    }
  }

  /** A log that was closed in peace ends in zeros or at the end of its file. */
  private static void sayWhatIsTorn(SegmentScanner scanner, long end) throws IOException {
    if (scanner.isWrittenAt(end)) {
      LOG.info(
          "event=log-torn-tail-cut file={} at={} found=\"{}\"",
          scanner.segment().path,
          end,
          scanner.describeDamage(end));
    }
  }

  /**
   * The next segment after {@code at} that begins with a valid batch, or the number of segments.
   */
  private int nextWithBatches(int at) throws IOException {
    int next = at + 1;
    while (next < scanners.size() && firstNumber(next) == 0) {
      next++;
    }
    return next;
  }

  private long firstNumber(int at) throws IOException {
    Batch first = scanners.get(at).batchAt(LogFormat.SEGMENT_HEADER_BYTES);
    return first == null ? 0 : first.number();
  }

  /** Takes batches in sequence up to the limit; returns the position after the last one taken. */
  private long scanBatches(SegmentScanner scanner, long limit) throws IOException {
    long position = LogFormat.SEGMENT_HEADER_BYTES;
    while (nextBatch < limit) {
      Batch batch = scanner.batchAt(position);
      if (batch == null || batch.number() != nextBatch) {
        break;
      }
      if (batch.previousCrc() != previousCrc) {
        throw LogDamagedException.at(
            scanner.segment().path,
            position,
            "batch " + nextBatch + " does not follow the one before");
      }
      take(scanner.segment(), batch);
      position = batch.end();
    }
    return position;
  }

  private void take(Segment segment, Batch batch) throws LogDamagedException {
    if (batch.startsSync()) {
      for (HeldRecord durable : held) {
        replay.apply(durable.record(), durable.path(), durable.location());
      }
      held.clear();
      heldNumber = batch.number();
      heldPosition = batch.position();
      heldPreviousCrc = previousCrc;
    }
    // Checkpoints say what is already known: checked where they stand, they need not be held back.
    for (HeldRecord record : records(segment, batch)) {
      if (record.record().isCheckpoint()) {
        replay.apply(record.record(), record.path(), record.location());
      } else {
        held.add(record);
      }
    }
    previousCrc = batch.crc();
    nextBatch++;
  }

  static List<HeldRecord> records(Segment segment, Batch batch) throws LogDamagedException {
    int limit = batch.body().remaining();
    ByteBuffer body =
        ByteBuffer.allocate(limit).put(batch.body()).flip().order(ByteOrder.LITTLE_ENDIAN);
    List<HeldRecord> records = new ArrayList<>();
    int at = 0;
    while (at < limit) {
      long offset = batch.position() + LogFormat.BATCH_HEADER_BYTES + at;
      Record record = Record.parse(body, at, limit);
      if (record == null) {
        throw LogDamagedException.at(
            segment.path, offset, "a record within a valid batch is not valid");
      }
      records.add(new HeldRecord(record, segment.path, Location.of(segment.sequence, offset)));
      at += record.bytes().remaining();
    }
    return records;
  }

  /** The batch that must stand here does not: refuses when anything proves that it once did. */
  private void refuseIfSynced(int at, long position) throws IOException {
    for (int i = at; i < scanners.size(); i++) {
      SegmentScanner scanner = scanners.get(i);
      long from = i == at ? position : LogFormat.SEGMENT_HEADER_BYTES;
      Batch proof = scanner.proofOfSync(from, nextBatch);
      if (proof != null) {
        throw LogDamagedException.at(
            scanners.get(at).segment().path,
            position,
            "batch "
                + nextBatch
                + " is lost ("
                + scanners.get(at).describeDamage(position)
                + "), and batch "
                + proof.number()
                + " in "
                + scanner.segment().path
                + " at byte "
                + proof.position()
                + " shows that it had been synced");
      }
    }
  }

  /**
   * The oldest segment does not begin with a batch: only a log's very first write leaves that
   * behind.
   */
  private void refuseUnlessNew(Segment oldest, int next) throws IOException {
    if (oldest.sequence != 1 || next < scanners.size()) {
      throw LogDamagedException.at(
          oldest.path,
          LogFormat.SEGMENT_HEADER_BYTES,
          "the oldest segment does not begin with a batch ("
              + scanners.getFirst().describeDamage(LogFormat.SEGMENT_HEADER_BYTES)
              + ")");
    }
    refuseIfSynced(0, LogFormat.SEGMENT_HEADER_BYTES);
    for (SegmentScanner scanner : scanners.reversed()) {
      delete(scanner.segment());
    }
    scanners.clear();
  }

  private void delete(Segment segment) throws IOException {
    segment.file.close();
    disk.delete(segment.path);
    disk.syncDirectory(directory);
  }

  private Segment cut(Segment segment, long end) throws IOException {
    segment.file.close();
    DiskFile writable = disk.open(segment.path, Disk.OpenMode.READ_WRITE);
    writable.truncate(end);
    writable.sync();
    return new Segment(segment.sequence, segment.path, writable, end, end);
  }
}
