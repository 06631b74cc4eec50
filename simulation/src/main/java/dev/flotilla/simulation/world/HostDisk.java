package dev.flotilla.simulation.world;

import dev.flotilla.raft.env.SimulatedDisk;
import dev.flotilla.raft.env.SimulatedDisk.Operation;
import java.io.IOException;

/** What a host's disk does wrong, as faults have set it; nothing while a check looks at it. */
final class HostDisk implements SimulatedDisk.Faults {
  /** The power went in the middle of a pass. Not an Exception the node could take for its own. */
  static final class PowerCut extends Error {
    private static final long serialVersionUID = 1L;

    PowerCut() {
      super("power cut", null, false, false);
    }
  }

  /**
   * What a pass or a start, which is one event, waits for its syncs at most: nothing that heals the
   * disk meanwhile could shorten it.
   */
  private static final long MOST_WAIT_NANOS = 10_000_000_000L;

  private final Host host;
  private long syncNanos;
  private int operationsToPowerCut;
  private int syncsToFailure;
  private int readsToFailure;
  private boolean looking;

  HostDisk(Host host) {
    this.host = host;
  }

  /** Every sync takes so long. */
  void setSyncNanos(long nanos) {
    syncNanos = nanos;
  }

  /** The power goes before the n-th next write, sync, rename or delete; 0 = never. */
  boolean isSlow() {
    return syncNanos > 0;
  }

  void cutPowerAfter(int operations) {
    operationsToPowerCut = operations;
  }

  void failSyncAfter(int syncs) {
    syncsToFailure = syncs;
  }

  void failReadAfter(int reads) {
    readsToFailure = reads;
  }

  void heal() {
    syncNanos = 0;
    operationsToPowerCut = 0;
    syncsToFailure = 0;
    readsToFailure = 0;
  }

  void looking(boolean now) {
    looking = now;
  }

  @Override
  public void before(Operation operation, String path) throws IOException {
    if (looking) {
      return;
    }
    switch (operation) {
      case WRITE, TRUNCATE, RENAME, DELETE, SYNC_DIRECTORY, CREATE -> maybeCutPower();
      case SYNC -> {
        maybeCutPower();
        if (syncNanos > 0 && host.waitedNanos() < MOST_WAIT_NANOS) {
          host.waitInside(syncNanos);
        }
        if (syncsToFailure > 0 && --syncsToFailure == 0) {
          host.storageFailed();
          throw new IOException(path + ": input/output error on sync");
        }
      }
      case READ -> {
        if (readsToFailure > 0 && --readsToFailure == 0) {
          host.storageFailed();
          throw new IOException(path + ": input/output error on read");
        }
      }
      case OPEN, LIST, CREATE_DIRECTORY -> {}
    }
  }

  private void maybeCutPower() {
    if (operationsToPowerCut > 0 && --operationsToPowerCut == 0) {
      host.powerCutInside();
      throw new PowerCut();
    }
  }
}
