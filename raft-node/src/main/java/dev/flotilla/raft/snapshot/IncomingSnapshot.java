package dev.flotilla.raft.snapshot;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.raft.v1.SnapshotFile;
import dev.flotilla.proto.raft.v1.SnapshotManifest;
import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.DiskFile;
import java.io.IOException;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The files of a snapshot that is being received. Bytes are appended in the order of the manifest;
 * what is already there after a restart counts, and is believed only once the whole file matched
 * its checksum, because a power loss may have left anything in it. A file that does not match is
 * emptied and wanted again.
 */
final class IncomingSnapshot implements AutoCloseable {

  /** A file that came this often unlike its checksum is wrong at the sender. */
  private static final int MAX_ATTEMPTS = 3;

  private final Disk disk;
  private final String directory;
  private final SnapshotManifest manifest;
  private final long[] sizes;
  private final int[] attempts;
  private final BitSet verified = new BitSet();

  private int writing = -1;
  private @Nullable DiskFile writeFile;
  private int checking = -1;
  private @Nullable DiskFile checkFile;
  private @Nullable ChecksumReader checker;

  IncomingSnapshot(Disk disk, String directory, SnapshotManifest manifest) throws IOException {
    this.disk = disk;
    this.directory = directory;
    this.manifest = manifest;
    this.sizes = new long[manifest.getFilesCount()];
    this.attempts = new int[manifest.getFilesCount()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = existingSize(i);
    }
  }

  private long existingSize(int i) throws IOException {
    String path = path(i);
    if (!disk.exists(path)) {
      // Created now, so that an empty file exists although no byte of it ever arrives.
      disk.open(path, Disk.OpenMode.CREATE_NEW).close();
      return 0;
    }
    try (DiskFile file = disk.open(path, Disk.OpenMode.READ_WRITE)) {
      if (file.size() > manifest.getFiles(i).getSizeBytes()) {
        file.truncate(0);
      }
      return file.size();
    }
  }

  private String path(int file) {
    return directory + "/" + manifest.getFiles(file).getName();
  }

  SnapshotManifest manifest() {
    return manifest;
  }

  String directory() {
    return directory;
  }

  long heldBytes() {
    long held = 0;
    for (long size : sizes) {
      held += size;
    }
    return held;
  }

  /** The first byte that is missing. It goes back when a file turns out to be damaged. */
  Position next() {
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] < manifest.getFiles(i).getSizeBytes()) {
        return new Position(i, sizes[i]);
      }
    }
    return Position.end(manifest);
  }

  /**
   * Appends at {@link #next()}, which must be within the file; the caller has checked that it fits.
   */
  void append(ByteString data) throws IOException {
    Position at = next();
    if (writing != at.file() || writeFile == null) {
      closeWriter();
      writeFile = disk.open(path(at.file()), Disk.OpenMode.READ_WRITE);
      writing = at.file();
    }
    writeFile.write(at.offset(), data.asReadOnlyByteBuffer());
    sizes[at.file()] += data.size();
    if (sizes[at.file()] == manifest.getFiles(at.file()).getSizeBytes()) {
      closeWriter();
    }
  }

  /** Whether there is a whole file whose checksum was not compared yet. */
  boolean hasUnverified() {
    return nextUnverified() >= 0;
  }

  private int nextUnverified() {
    for (int i = verified.nextClearBit(0); i < sizes.length; i = verified.nextClearBit(i + 1)) {
      if (sizes[i] == manifest.getFiles(i).getSizeBytes()) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Reads about {@code budgetBytes} of what has to be verified; a file is synced before it is read.
   *
   * @throws SnapshotDamagedException when a file came too often unlike its checksum
   */
  void verify(long budgetBytes) throws IOException {
    long left = budgetBytes;
    while (left > 0) {
      if (checker == null) {
        int file = nextUnverified();
        if (file < 0) {
          return;
        }
        if (file == writing) {
          closeWriter();
        }
        DiskFile opened = disk.open(path(file), Disk.OpenMode.READ_WRITE);
        opened.sync();
        checkFile = opened;
        checker = new ChecksumReader(opened);
        checking = file;
      }
      left -= 1 + checker.advance(left);
      if (checker.isFinished()) {
        judge(checker);
      }
    }
  }

  private void judge(ChecksumReader read) throws IOException {
    int file = checking;
    SnapshotFile expected = manifest.getFiles(file);
    boolean same = read.size() == expected.getSizeBytes() && read.crc32c() == expected.getCrc32C();
    if (same) {
      verified.set(file);
    } else {
      if (++attempts[file] >= MAX_ATTEMPTS || expected.getSizeBytes() == 0) {
        closeChecker();
        throw new SnapshotDamagedException(
            "file " + expected.getName() + " does not match its checksum");
      }
      if (checkFile != null) {
        checkFile.truncate(0);
      }
      sizes[file] = 0;
    }
    closeChecker();
  }

  /** Every file is there, synced, and as the manifest says. */
  boolean isComplete() {
    return verified.cardinality() == sizes.length;
  }

  private void closeWriter() throws IOException {
    DiskFile open = writeFile;
    writeFile = null;
    writing = -1;
    if (open != null) {
      open.close();
    }
  }

  private void closeChecker() throws IOException {
    DiskFile open = checkFile;
    checkFile = null;
    checker = null;
    checking = -1;
    if (open != null) {
      open.close();
    }
  }

  /** What was received stays on the disk, for the next attempt. */
  @Override
  public void close() throws IOException {
    try {
      closeWriter();
    } finally {
      closeChecker();
    }
  }
}
