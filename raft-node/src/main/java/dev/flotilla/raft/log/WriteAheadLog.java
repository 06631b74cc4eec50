package dev.flotilla.raft.log;

import dev.flotilla.raft.core.LogBase;
import dev.flotilla.raft.env.Disk;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** See the package description. Single-threaded, except for the counters. */
public final class WriteAheadLog implements AutoCloseable {

  /**
   * Opens the log in {@code directory}, creating it when the folder holds none, and recovers: a
   * torn tail is cut, damage before it is refused.
   *
   * @throws LogDamagedException when records are damaged that may have been acknowledged (H34)
   */
  public static WriteAheadLog open(
      Disk disk, String directory, LogIdentity identity, WalOptions options) throws IOException {
    throw new UnsupportedOperationException();
  }

  public Set<Integer> groups() {
    throw new UnsupportedOperationException();
  }

  /** The group's log, if it was ever created here. */
  public Optional<GroupLog> group(int group) {
    throw new UnsupportedOperationException();
  }

  /**
   * Starts a group's log at the base (its bootstrap membership, or a snapshot). Durable after
   * {@link #sync()}.
   */
  public GroupLog create(int group, LogBase base) {
    throw new UnsupportedOperationException();
  }

  /** Forgets a group altogether. */
  public void remove(int group) {
    throw new UnsupportedOperationException();
  }

  /** Whether anything was written since the last sync. */
  public boolean isDirty() {
    throw new UnsupportedOperationException();
  }

  /**
   * Writes and fsyncs everything buffered. The first failure poisons the log for good: this and
   * every later call throws (H32), and the process must end.
   */
  public void sync() throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Bytes of all segments on disk. */
  public long sizeBytes() {
    throw new UnsupportedOperationException();
  }

  /**
   * The group whose old entries keep the oldest segment alive: compact it to give space back (H53).
   */
  public Optional<Integer> groupHoldingOldestSegment() {
    throw new UnsupportedOperationException();
  }

  /** Number of fsyncs done. Any thread. */
  public long syncs() {
    throw new UnsupportedOperationException();
  }

  /** Closes files without syncing. */
  @Override
  public void close() throws IOException {
    throw new UnsupportedOperationException();
  }
}
