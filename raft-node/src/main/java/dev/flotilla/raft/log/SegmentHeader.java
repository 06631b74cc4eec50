package dev.flotilla.raft.log;

import dev.flotilla.raft.env.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** The first sector of a segment: whose it is, and which. */
final class SegmentHeader {
  private SegmentHeader() {}

  static ByteBuffer encode(LogIdentity identity, long sequence) {
    ByteBuffer header =
        ByteBuffer.allocate(LogFormat.SEGMENT_HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(0, LogFormat.SEGMENT_MAGIC);
    header.putInt(8, LogFormat.VERSION);
    header.putInt(12, identity.node());
    header.putLong(16, identity.incarnation());
    header.putLong(24, sequence);
    header.putInt(4, checksum(header));
    return header;
  }

  /**
   * Checks that the file begins with the header that its name promises. The header is durable
   * before the file gets its name, so anything else is damage or a file that does not belong here.
   */
  static void check(DiskFile file, String path, LogIdentity identity, long sequence)
      throws IOException {
    ByteBuffer header =
        ByteBuffer.allocate(LogFormat.SEGMENT_HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    file.read(0, header);
    if (header.hasRemaining()
        || header.getInt(0) != LogFormat.SEGMENT_MAGIC
        || header.getInt(4) != checksum(header)) {
      throw LogDamagedException.at(path, 0, "the segment's header is not valid");
    }
    int version = header.getInt(8);
    if (version < LogFormat.OLDEST_VERSION || version > LogFormat.VERSION) {
      throw new ForeignLogException(
          path + " has format version " + version + ", this is " + LogFormat.VERSION);
    }
    LogIdentity found = new LogIdentity(header.getInt(12), header.getLong(16));
    if (!found.equals(identity)) {
      throw new ForeignLogException(
          path + " was written by " + describe(found) + ", this is " + describe(identity));
    }
    if (header.getLong(24) != sequence) {
      throw LogDamagedException.at(
          path, 24, "the file holds segment " + header.getLong(24) + " of this log");
    }
  }

  private static int checksum(ByteBuffer header) {
    CRC32C crc = new CRC32C();
    crc.update(header.array(), 8, LogFormat.SEGMENT_HEADER_CHECKED_BYTES - 8);
    return (int) crc.getValue();
  }

  private static String describe(LogIdentity identity) {
    return "node "
        + identity.node()
        + " in incarnation "
        + Long.toUnsignedString(identity.incarnation(), 16);
  }
}
