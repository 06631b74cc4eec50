package dev.flotilla.raft.runtime;

import dev.flotilla.raft.core.CoreStatus;
import dev.flotilla.raft.core.Entry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A look into one replica, for those who check invariants between two passes. Not to be kept: the
 * entries are read through to the replica.
 *
 * @param failure why the replica stopped itself; null while it has not
 */
public record ReplicaView(CoreStatus status, @Nullable String failure, Log log) {

  /** The replica's log, what is not yet on disk included. */
  @FunctionalInterface
  public interface Log {
    /** Entries {@code from..to}, both included and above the base. */
    List<Entry> entries(long from, long to);
  }
}
