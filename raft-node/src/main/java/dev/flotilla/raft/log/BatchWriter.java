package dev.flotilla.raft.log;

import dev.flotilla.raft.core.Entry;
import dev.flotilla.raft.core.HardState;
import dev.flotilla.raft.core.LogBase;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Collects records in one reusable buffer and writes them to the active segment as batches.
 *
 * <p>A record's location is known as soon as it is in the buffer, because the batch will stand at
 * the segment's end. Invariants: batches below {@code syncedBelow} are on disk; the buffer's
 * position is {@link LogFormat#BATCH_HEADER_BYTES} when no record is buffered.
 */
final class BatchWriter {
  private static final int INITIAL_BUFFER_BYTES = 256 << 10;
  private static final int MAX_ZEROS_BYTES = 1 << 20;
  private static final byte[] NO_PAYLOAD = {};

  /** Last index u64, term u64 and vote u32 before the membership. */
  private static final int CHECKPOINT_FIXED_BYTES = 20;

  private final Ballast ballast;
  private final int maxBufferBytes;
  private final int zerosBytes;
  private final CRC32C crc = new CRC32C();
  private ByteBuffer buffer;
  private Segment segment;
  private long nextBatch;
  private long syncedBelow;
  private int previousCrc;
  private boolean splitting;
  private boolean dirty;

  /** Whether a batch stands behind the last sync that says it happened. */
  private boolean sealed;

  private long writtenBytes;

  /**
   * @param nextBatch number of the first batch it will write; everything below is durable
   * @param previousCrc checksum of the batch before that, 0 when there is none
   * @param ballast what makes room when there is none
   */
  BatchWriter(
      WalOptions options, Segment segment, long nextBatch, int previousCrc, Ballast ballast) {
    this.ballast = ballast;
    this.maxBufferBytes = options.maxBufferBytes();
    this.zerosBytes = (int) LogFormat.align(Math.min(MAX_ZEROS_BYTES, options.segmentBytes() / 16));
    this.segment = segment;
    this.nextBatch = nextBatch;
    this.syncedBelow = nextBatch;
    this.previousCrc = previousCrc;
    this.buffer = newBuffer(Math.min(INITIAL_BUFFER_BYTES, (int) LogFormat.align(maxBufferBytes)));
  }

  boolean isDirty() {
    return dirty;
  }

  Segment segment() {
    return segment;
  }

  long writtenBytes() {
    return writtenBytes;
  }

  long entry(int group, Entry entry) throws IOException {
    return put(
        RecordType.ENTRY,
        EntryKindCode.of(entry.kind()),
        group,
        entry.term(),
        entry.index(),
        entry.stampMillis(),
        entry.payload());
  }

  void hardState(int group, HardState state) throws IOException {
    put(RecordType.HARD_STATE, (byte) 0, group, state.term(), state.vote(), 0, NO_PAYLOAD);
  }

  /** Writes a CREATE, COMPACT or RESET record. */
  void base(RecordType type, int group, LogBase base) throws IOException {
    byte[] membership = MembershipCodec.encode(base.membership());
    put(type, (byte) 0, group, base.term(), base.index(), 0, membership);
  }

  void remove(int group) throws IOException {
    put(RecordType.REMOVE, (byte) 0, group, 0, 0, 0, NO_PAYLOAD);
  }

  /** Copies a record with its checksum; returns its location. */
  long copy(Record record) throws IOException {
    reserve(record.bytes().remaining());
    int at = buffer.position();
    buffer.put(record.bytes().duplicate());
    dirty = true;
    return Location.of(segment.sequence, segment.end() + at);
  }

  /**
   * Starts writing at the beginning of a segment, with a checkpoint of all groups. Nothing may be
   * buffered. The checkpoint alone does not ask for a sync: it goes out with the next one.
   */
  void startSegment(Segment next, Collection<GroupState> groups) throws IOException {
    boolean wasDirty = dirty;
    segment = next;
    put(RecordType.CHECKPOINT, (byte) 0, 0, 0, groups.size(), 0, NO_PAYLOAD);
    for (GroupState group : groups) {
      checkpoint(group);
    }
    dirty = wasDirty;
  }

  private void checkpoint(GroupState group) throws IOException {
    LogBase base = group.base();
    byte[] membership = MembershipCodec.encode(base.membership());
    ByteBuffer payload =
        ByteBuffer.allocate(CHECKPOINT_FIXED_BYTES + membership.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    payload.putLong(group.lastIndex());
    payload.putLong(group.hardState().term());
    payload.putInt(group.hardState().vote());
    payload.put(membership);
    put(
        RecordType.CHECKPOINT_GROUP,
        (byte) 0,
        group.group,
        base.term(),
        base.index(),
        0,
        payload.array());
  }

  private long put(
      RecordType type, byte kind, int group, long term, long index, long stamp, byte[] payload)
      throws IOException {
    if (payload.length > LogFormat.MAX_PAYLOAD_BYTES) {
      throw new IllegalArgumentException("record of " + payload.length + " bytes");
    }
    reserve(LogFormat.RECORD_HEADER_BYTES + payload.length);
    int at = buffer.position();
    buffer.putInt(0);
    buffer.putInt(payload.length);
    buffer.put(type.code());
    buffer.put(kind);
    buffer.putShort((short) 0);
    buffer.putInt(group);
    buffer.putLong(term);
    buffer.putLong(index);
    buffer.putLong(stamp);
    buffer.put(payload);
    buffer.putInt(at, checksum(at + Integer.BYTES, buffer.position()));
    dirty = true;
    return Location.of(segment.sequence, segment.end() + at);
  }

  /**
   * Until the first sync everything goes into one batch, however large: the opening batch replaces
   * the last sync of the life before, and half of it must not count.
   */
  void sync() throws IOException {
    if (buffer.position() > LogFormat.BATCH_HEADER_BYTES) {
      writeBatch();
    }
    segment.file.sync();
    syncedBelow = nextBatch;
    splitting = true;
    dirty = false;
    sealed = false;
    if (buffer.capacity() > LogFormat.align(maxBufferBytes)) {
      buffer = newBuffer(INITIAL_BUFFER_BYTES);
    }
  }

  /** Whether a later batch proves that the last sync happened, or none happened yet. */
  boolean isSealed() {
    return sealed;
  }

  /**
   * Writes the proof that everything before is synced: a batch of its own, usually an empty one. It
   * is not synced itself; the next sync does that.
   */
  void seal() throws IOException {
    writeBatch();
  }

  /**
   * The buffer, when the location has not been written to its segment yet; see {@link
   * #bufferOffset}.
   */
  @Nullable ByteBuffer bufferHolding(long location) {
    return Location.sequence(location) == segment.sequence
            && Location.offset(location) >= segment.end()
        ? buffer
        : null;
  }

  int bufferOffset(long location) {
    return (int) (Location.offset(location) - segment.end());
  }

  private void reserve(int bytes) throws IOException {
    boolean empty = buffer.position() == LogFormat.BATCH_HEADER_BYTES;
    if (splitting && !empty && buffer.position() + (long) bytes > maxBufferBytes) {
      writeBatch();
    }
    long needed = LogFormat.align(buffer.position() + (long) bytes);
    if (needed > buffer.capacity()) {
      long capacity = Math.max(needed, Math.min(2L * buffer.capacity(), Integer.MAX_VALUE / 2));
      if (capacity > Integer.MAX_VALUE - LogFormat.ALIGNMENT) {
        throw new IOException("a batch of " + needed + " bytes is too large to be written at once");
      }
      ByteBuffer larger = newBuffer((int) LogFormat.align(capacity));
      larger.put(0, buffer, 0, buffer.position()).position(buffer.position());
      buffer = larger;
    }
  }

  private void writeBatch() throws IOException {
    int end = buffer.position();
    buffer.putInt(0, LogFormat.BATCH_MAGIC);
    buffer.putLong(8, segment.sequence);
    buffer.putLong(16, nextBatch);
    buffer.putLong(24, syncedBelow);
    buffer.putInt(32, end - LogFormat.BATCH_HEADER_BYTES);
    buffer.putInt(36, previousCrc);
    int checksum = checksum(8, end);
    buffer.putInt(4, checksum);
    int padded = (int) LogFormat.align(end);
    while (buffer.position() < padded) {
      buffer.put((byte) 0);
    }
    buffer.flip();
    try {
      append();
    } catch (IOException e) {
      buffer.limit(buffer.capacity()).position(end);
      throw e;
    }
    writtenBytes += padded;
    previousCrc = checksum;
    nextBatch++;
    sealed = true;
    buffer.clear().position(LogFormat.BATCH_HEADER_BYTES);
  }

  private void append() throws IOException {
    try {
      segment.append(buffer, zerosBytes);
    } catch (IOException e) {
      if (!ballast.drop(e)) {
        throw e;
      }
      // Nothing after the segment's end counts: the same bytes go to the same place.
      buffer.rewind();
      segment.append(buffer, zerosBytes);
    }
  }

  private int checksum(int from, int to) {
    int position = buffer.position();
    int limit = buffer.limit();
    buffer.limit(to).position(from);
    crc.reset();
    crc.update(buffer);
    buffer.limit(limit).position(position);
    return (int) crc.getValue();
  }

  private static ByteBuffer newBuffer(int capacity) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
    return buffer.position(LogFormat.BATCH_HEADER_BYTES);
  }
}
