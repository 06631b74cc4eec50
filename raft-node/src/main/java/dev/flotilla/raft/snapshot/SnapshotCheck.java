package dev.flotilla.raft.snapshot;

import dev.flotilla.proto.raft.v1.SnapshotFile;
import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.DiskFile;
import dev.flotilla.raft.snapshot.SnapshotStore.StoredSnapshot;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Compares all files of a stored snapshot with its manifest, a bounded piece at a time. */
final class SnapshotCheck implements AutoCloseable {

  /** How far it came. */
  enum Verdict {
    UNFINISHED,
    INTACT,
    DAMAGED
  }

  private final Disk disk;
  private final StoredSnapshot snapshot;
  private int file;
  private @Nullable DiskFile open;
  private @Nullable ChecksumReader reader;

  SnapshotCheck(Disk disk, StoredSnapshot snapshot) {
    this.disk = disk;
    this.snapshot = snapshot;
  }

  /**
   * Reads about {@code budgetBytes}.
   *
   * @throws IOException when the disk fails; a missing file is damage, not failure
   */
  Verdict advance(long budgetBytes) throws IOException {
    long left = budgetBytes;
    while (left > 0) {
      if (file == snapshot.manifest().getFilesCount()) {
        return Verdict.INTACT;
      }
      SnapshotFile expected = snapshot.manifest().getFiles(file);
      String path = snapshot.directory() + "/" + expected.getName();
      if (reader == null) {
        if (!disk.exists(path)) {
          return Verdict.DAMAGED;
        }
        DiskFile opened = disk.open(path, Disk.OpenMode.READ);
        open = opened;
        reader = new ChecksumReader(opened);
      }
      // At least a byte for each file, so that a thousand empty ones are not done in one go.
      left -= 1 + reader.advance(left);
      if (reader.isFinished()) {
        boolean same =
            reader.size() == expected.getSizeBytes() && reader.crc32c() == expected.getCrc32C();
        close();
        if (!same) {
          return Verdict.DAMAGED;
        }
        file++;
      }
    }
    return Verdict.UNFINISHED;
  }

  @Override
  public void close() throws IOException {
    DiskFile opened = open;
    open = null;
    reader = null;
    if (opened != null) {
      opened.close();
    }
  }
}
