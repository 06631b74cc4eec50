package dev.flotilla.raft.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Finds batches in a segment, during recovery. */
final class SegmentScanner {
  private static final int WINDOW_BYTES = 1 << 20;

  private final Segment segment;
  private final long size;
  private ByteBuffer window;
  private long windowPosition;
  private int windowLength;

  SegmentScanner(Segment segment) throws IOException {
    this.segment = segment;
    this.size = segment.file.size();
    this.window = newWindow((int) Math.min(WINDOW_BYTES, Math.max(size, LogFormat.ALIGNMENT)));
  }

  Segment segment() {
    return segment;
  }

  /** The valid batch of this segment at the position, or null when something else is there. */
  @Nullable Batch batchAt(long position) throws IOException {
    int header = offsetInWindow(position, LogFormat.BATCH_HEADER_BYTES);
    if (header < 0
        || window.getInt(header) != LogFormat.BATCH_MAGIC
        || window.getLong(header + 8) != segment.sequence) {
      return null;
    }
    int length = window.getInt(header + 32);
    if (length < 0 || length > size - position - LogFormat.BATCH_HEADER_BYTES) {
      return null;
    }
    int at = offsetInWindow(position, LogFormat.BATCH_HEADER_BYTES + length);
    if (at < 0 || window.getInt(at + 4) != checksum(at, length)) {
      return null;
    }
    return new Batch(
        position,
        LogFormat.align(position + LogFormat.BATCH_HEADER_BYTES + length),
        window.getLong(at + 16),
        window.getLong(at + 24),
        window.getInt(at + 4),
        window.getInt(at + 36),
        window.slice(at + LogFormat.BATCH_HEADER_BYTES, length).order(ByteOrder.LITTLE_ENDIAN));
  }

  /**
   * Looks at every sector from the position on for a valid batch that was written after batch
   * {@code missing} had been synced: the proof that its absence is damage.
   */
  @Nullable Batch proofOfSync(long from, long missing) throws IOException {
    for (long at = from; at < size; at += LogFormat.ALIGNMENT) {
      Batch batch = batchAt(at);
      if (batch != null && batch.syncedBelow() > missing) {
        return batch;
      }
    }
    return null;
  }

  /** Whether the header of a batch, whole or not, was ever written here. */
  boolean isWrittenAt(long position) throws IOException {
    int header = offsetInWindow(position, LogFormat.BATCH_HEADER_BYTES);
    for (int at = header; header >= 0 && at < header + LogFormat.BATCH_HEADER_BYTES; at++) {
      if (window.get(at) != 0) {
        return true;
      }
    }
    return false;
  }

  /** What the first damaged record of an invalid batch claims to be, for the message. */
  String describeDamage(long position) throws IOException {
    int header = offsetInWindow(position, LogFormat.BATCH_HEADER_BYTES);
    if (header < 0 || window.getInt(header) != LogFormat.BATCH_MAGIC) {
      return "no batch is here";
    }
    int length = window.getInt(header + 32);
    if (length < 0 || length > size - position - LogFormat.BATCH_HEADER_BYTES) {
      return "the batch has an impossible length";
    }
    int at = offsetInWindow(position, LogFormat.BATCH_HEADER_BYTES + length);
    if (at < 0) {
      return "the batch cannot be read whole";
    }
    int limit = at + LogFormat.BATCH_HEADER_BYTES + length;
    int record = at + LogFormat.BATCH_HEADER_BYTES;
    while (record < limit) {
      Record valid = Record.parse(window, record, limit);
      if (valid == null) {
        Record claimed = Record.parseUnchecked(window, record, limit);
        return claimed == null || claimed.type() == null
            ? "a record of the batch is unreadable"
            : "a record that claims to be "
                + claimed.type()
                + " of group "
                + claimed.group()
                + ", index "
                + claimed.index()
                + ", fails its checksum";
      }
      record += valid.bytes().remaining();
    }
    return "the batch's header is damaged";
  }

  private int checksum(int at, int length) {
    CRC32C crc = new CRC32C();
    crc.update(window.slice(at + 8, LogFormat.BATCH_HEADER_BYTES - 8 + length));
    return (int) crc.getValue();
  }

  /**
   * Offset in the window of the position, with at least {@code bytes} behind it; -1 past the end.
   */
  private int offsetInWindow(long position, int bytes) throws IOException {
    if (position < windowPosition || position + bytes > windowPosition + windowLength) {
      if (position + bytes > size) {
        return -1;
      }
      if (bytes > window.capacity()) {
        window = newWindow(bytes);
      }
      window.clear();
      windowLength = segment.file.read(position, window);
      windowPosition = position;
      if (windowLength < bytes) {
        return -1;
      }
    }
    return (int) (position - windowPosition);
  }

  private static ByteBuffer newWindow(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
