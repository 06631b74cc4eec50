package dev.flotilla.raft.snapshot;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.flotilla.proto.raft.v1.SnapshotFile;
import dev.flotilla.proto.raft.v1.SnapshotManifest;
import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.DiskFile;
import dev.flotilla.raft.wire.MessageCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * The file MANIFEST of a snapshot's folder: magic, length, CRC32C, then the {@link
 * SnapshotManifest}. The manifest vouches for every other file, so it must vouch for itself.
 */
final class ManifestFile {
  static final String NAME = "MANIFEST";
  static final int FORMAT_VERSION = 1;

  private static final int MAGIC = 0x464c5331; // "FLS1"
  private static final int HEADER_BYTES = 12;
  private static final int MAX_FILES = 100_000;
  private static final int MAX_NAME_CHARS = 200;

  // What a node accepts in one message is a little more; a manifest travels in one.
  private static final int MAX_BYTES = 6 << 20;

  private ManifestFile() {}

  /** Writes and syncs; the folder must be synced by the caller. */
  static void write(Disk disk, String directory, SnapshotManifest manifest) throws IOException {
    byte[] body = manifest.toByteArray();
    if (body.length > MAX_BYTES) {
      throw new SnapshotDamagedException(
          "a snapshot of " + manifest.getFilesCount() + " files is too large");
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(HEADER_BYTES + body.length)
            .putInt(MAGIC)
            .putInt(body.length)
            .putInt(crc(body))
            .put(body)
            .flip();
    String path = directory + "/" + NAME;
    disk.delete(path);
    try (DiskFile file = disk.open(path, Disk.OpenMode.CREATE_NEW)) {
      file.write(0, bytes);
      file.sync();
    }
  }

  /**
   * @throws SnapshotDamagedException when it is missing, broken, or nonsense
   * @throws IOException when the disk fails
   */
  static SnapshotManifest read(Disk disk, String directory, int group) throws IOException {
    String path = directory + "/" + NAME;
    if (!disk.exists(path)) {
      throw new SnapshotDamagedException(path + " is missing");
    }
    byte[] body;
    try (DiskFile file = disk.open(path, Disk.OpenMode.READ)) {
      ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
      file.read(0, header);
      header.flip();
      if (header.remaining() < HEADER_BYTES || header.getInt() != MAGIC) {
        throw new SnapshotDamagedException(path + " is not a manifest");
      }
      int length = header.getInt();
      int checksum = header.getInt();
      if (length < 0 || length > MAX_BYTES || file.size() != HEADER_BYTES + (long) length) {
        throw new SnapshotDamagedException(path + " has the wrong length");
      }
      ByteBuffer content = ByteBuffer.allocate(length);
      file.read(HEADER_BYTES, content);
      body = content.array();
      if (content.hasRemaining() || crc(body) != checksum) {
        throw new SnapshotDamagedException(path + " does not match its checksum");
      }
    }
    SnapshotManifest manifest;
    try {
      manifest = SnapshotManifest.parseFrom(body);
    } catch (InvalidProtocolBufferException e) {
      throw new SnapshotDamagedException(path + " does not parse: " + e.getMessage());
    }
    Optional<String> objection = objection(manifest, group);
    if (objection.isPresent()) {
      throw new SnapshotDamagedException(path + ": " + objection.get());
    }
    return manifest;
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  /**
   * Why a manifest cannot be used; empty when it can. Names become file names, so they are not
   * trusted.
   */
  static Optional<String> objection(SnapshotManifest manifest, int group) {
    if (manifest.getFormatVersion() != FORMAT_VERSION) {
      return Optional.of("snapshot format " + manifest.getFormatVersion() + " is not known");
    }
    if (manifest.getGroup() != group) {
      return Optional.of("a snapshot of group " + manifest.getGroup() + ", not " + group);
    }
    if (manifest.getIndex() < 1 || manifest.getTerm() < 1) {
      return Optional.of(
          "a snapshot at index %d of term %d".formatted(manifest.getIndex(), manifest.getTerm()));
    }
    try {
      MessageCodec.decode(manifest.getMembership());
    } catch (IllegalArgumentException e) {
      return Optional.of("its membership is impossible: " + e.getMessage());
    }
    return objectionToFiles(manifest);
  }

  private static Optional<String> objectionToFiles(SnapshotManifest manifest) {
    if (manifest.getFilesCount() > MAX_FILES || manifest.getSerializedSize() > MAX_BYTES) {
      return Optional.of("too many files: " + manifest.getFilesCount());
    }
    Set<String> names = new HashSet<>();
    long total = 0;
    for (SnapshotFile file : manifest.getFilesList()) {
      String name = file.getName();
      if (!isPlainName(name) || !names.add(name)) {
        return Optional.of("file name '" + name + "' is not usable");
      }
      total += file.getSizeBytes();
      if (file.getSizeBytes() < 0 || total < 0) {
        return Optional.of("file '" + name + "' has an impossible size");
      }
    }
    return Optional.empty();
  }

  private static boolean isPlainName(String name) {
    if (name.isEmpty()
        || name.length() > MAX_NAME_CHARS
        || name.equals(".")
        || name.equals("..")
        || name.equals(NAME)) {
      return false;
    }
    return name.chars().noneMatch(c -> c == '/' || c == '\\' || c < ' ');
  }

  static long totalBytes(SnapshotManifest manifest) {
    long total = 0;
    for (SnapshotFile file : manifest.getFilesList()) {
      total += file.getSizeBytes();
    }
    return total;
  }
}
