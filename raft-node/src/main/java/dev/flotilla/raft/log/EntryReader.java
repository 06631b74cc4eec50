package dev.flotilla.raft.log;

import dev.flotilla.raft.core.Entry;
import dev.flotilla.raft.core.EntryKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads entries back, from the segments or from what is still buffered, and checks every one
 * against its checksum and against what the index says of it.
 */
final class EntryReader {
  private static final int WINDOW_BYTES = 64 << 10;

  private final NavigableMap<Long, Segment> segments;
  private final @Nullable BatchWriter writer;
  private final ByteBuffer window =
      ByteBuffer.allocateDirect(WINDOW_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private long windowLocation;
  private int windowLength;

  /**
   * @param writer whose buffer may hold entries that are in no segment yet; null when nobody writes
   */
  EntryReader(NavigableMap<Long, Segment> segments, @Nullable BatchWriter writer) {
    this.segments = segments;
    this.writer = writer;
  }

  List<Entry> read(GroupState group, long from, long to, long maxBytes) throws IOException {
    EntryIndex entries = group.entries();
    // What stands in the active segment behind the window of an earlier call may have been written
    // since.
    windowLength = 0;
    List<Entry> read = new ArrayList<>();
    long bytes = 0;
    for (long index = from; index <= to; index++) {
      bytes += Entry.OVERHEAD_BYTES + entries.payloadLength(index);
      if (!read.isEmpty() && bytes > maxBytes) {
        break;
      }
      read.add(entry(group, index));
    }
    return read;
  }

  private Entry entry(GroupState group, long index) throws IOException {
    long location = group.entries().location(index);
    int bytes = LogFormat.RECORD_HEADER_BYTES + group.entries().payloadLength(index);
    ByteBuffer buffered = writer == null ? null : writer.bufferHolding(location);
    if (writer != null && buffered != null) {
      int at = writer.bufferOffset(location);
      return decode(buffered, at, bytes, group, index);
    }
    if (location < windowLocation || location + bytes > windowLocation + windowLength) {
      Segment segment = segments.get(Location.sequence(location));
      if (segment == null) {
        throw new IllegalStateException(
            "group " + group.group + ": entry " + index + " stands in a deleted segment");
      }
      if (bytes > WINDOW_BYTES) {
        ByteBuffer large = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int length = segment.file.read(Location.offset(location), large);
        return decode(large, 0, length, group, index);
      }
      long available = segment.end() - Location.offset(location);
      window.clear().limit((int) Math.min(WINDOW_BYTES, available));
      windowLength = segment.file.read(Location.offset(location), window);
      windowLocation = location;
      window.clear();
    }
    int at = (int) (location - windowLocation);
    return decode(window, at, Math.min(bytes, windowLength - at), group, index);
  }

  private Entry decode(ByteBuffer from, int at, int bytes, GroupState group, long index)
      throws LogDamagedException {
    Record record = Record.parse(from, at, at + bytes);
    EntryKind kind = record == null ? null : EntryKindCode.kind(record.kind());
    if (record == null
        || kind == null
        || record.type() != RecordType.ENTRY
        || record.group() != group.group
        || record.index() != index
        || record.bytes().remaining() != bytes) {
      long location = group.entries().location(index);
      Segment segment = segments.get(Location.sequence(location));
      throw LogDamagedException.at(
          segment == null ? "segment " + Location.sequence(location) : segment.path,
          Location.offset(location),
          "entry " + index + " of group " + group.group + " is damaged");
    }
    byte[] payload = new byte[record.payloadLength()];
    record.payload().get(payload);
    return new Entry(index, record.term(), kind, record.stamp(), payload);
  }
}
