package dev.flotilla.raft.snapshot;

import dev.flotilla.proto.raft.v1.BulkMessage;
import dev.flotilla.raft.core.LogBase;
import dev.flotilla.raft.env.Clock;
import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.Transport;

/**
 * All snapshot transfers of one node, both ways. An object with a {@link #pass}: a thread of its
 * own calls it in production, the simulator in simulation. Windowed, resumable, rate-capped,
 * bounded; a transfer that makes no progress for a while is given up and reported.
 */
public final class SnapshotExchange {

  /**
   * @param bytesPerSecond cap over all outgoing transfers; 0 = none
   */
  public record Options(int chunkBytes, int windowChunks, long bytesPerSecond, long stallNanos) {
    public static final Options DEFAULT = new Options(256 << 10, 8, 64L << 20, 10_000_000_000L);
  }

  /** What became of transfers; called from {@link #pass}, must not block. */
  public interface Listener {
    /** A snapshot stands complete, verified and durable in the group's store. */
    void received(int group, int from, long term, LogBase base);

    void sent(int group, int peer, boolean success, long index);
  }

  public SnapshotExchange(
      int self, Disk disk, Clock clock, Transport transport, Options options, Listener listener) {
    throw new UnsupportedOperationException();
  }

  /** Groups this node hosts; thread-safe. */
  public void register(int group, SnapshotStore store) {
    throw new UnsupportedOperationException();
  }

  public void unregister(int group) {
    throw new UnsupportedOperationException();
  }

  /**
   * Starts sending a stored snapshot to a peer; thread-safe. A transfer to that peer under way is
   * replaced.
   */
  public void send(int group, int peer, long term, SnapshotStore.StoredSnapshot snapshot) {
    throw new UnsupportedOperationException();
  }

  /** A message of the bulk lane; thread-safe, bounded: what does not fit is dropped. */
  public void onBulk(int from, BulkMessage message) {
    throw new UnsupportedOperationException();
  }

  public void onPeerDisconnected(int peer) {
    throw new UnsupportedOperationException();
  }

  /**
   * Does the work that is due; returns nanoseconds until it wants to be called again at the latest.
   */
  public long pass() {
    throw new UnsupportedOperationException();
  }

  /** Sets what to call when work arrives between passes (to unpark the thread). */
  public void onWork(Runnable wakeUp) {
    throw new UnsupportedOperationException();
  }
}
