package dev.flotilla.raft.snapshot;

import dev.flotilla.proto.raft.v1.SnapshotManifest;
import dev.flotilla.raft.core.LogBase;
import dev.flotilla.raft.env.Disk;
import java.io.IOException;
import java.util.Optional;

/**
 * One group's snapshots on disk: {@code <directory>/<index>-<term>/} with files and MANIFEST, and
 * staging folders beside them. A snapshot exists when its folder has its final name; it gets it
 * after everything in it was synced (H33, H42).
 */
public final class SnapshotStore {

  /** A complete snapshot. {@code directory} is a path on the disk. */
  public record StoredSnapshot(SnapshotManifest manifest, LogBase base, String directory) {}

  /**
   * Opens the store, deleting what unfinished transfers and crashes left behind except resumable
   * ones.
   */
  public SnapshotStore(Disk disk, String directory, int group) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** A new empty folder to write a checkpoint into. */
  public String newStagingDirectory() throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Checksums the staged files (slow: not on the loop), writes the manifest, makes it all durable
   * and gives it its name.
   */
  public StoredSnapshot publish(String stagingDirectory, LogBase base, long stampMillis)
      throws IOException {
    throw new UnsupportedOperationException();
  }

  /** The snapshot with the highest index (H44). */
  public Optional<StoredSnapshot> latest() {
    throw new UnsupportedOperationException();
  }

  /** Deletes all but the newest {@code keep} snapshots; never one that is being sent. */
  public void prune(int keep) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Checks every file's size and checksum against the manifest. */
  public boolean verify(StoredSnapshot snapshot) throws IOException {
    throw new UnsupportedOperationException();
  }
}
