package dev.flotilla.raft.runtime;

import dev.flotilla.raft.core.LogBase;
import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.DiskFullException;
import dev.flotilla.raft.snapshot.SnapshotDamagedException;
import dev.flotilla.raft.snapshot.SnapshotExchange;
import dev.flotilla.raft.snapshot.SnapshotStore;
import dev.flotilla.raft.snapshot.SnapshotStore.StoredSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything about snapshots that takes long: looking for one, checksumming a checkpoint, sending
 * and receiving. An object with a {@link #pass}: a thread of its own calls it, so that neither the
 * loop nor the applier waits for it (H26). The only user of the groups' {@link SnapshotStore}s.
 *
 * <p>Making a snapshot goes round: the loop wants one for a peer; the worker finds one in the store
 * that reaches far enough and sends it, or makes a staging folder; the applier writes a checkpoint
 * there; the worker publishes and sends it.
 */
public final class SnapshotWorker implements SnapshotExchange.Listener {
  private static final Logger log = LoggerFactory.getLogger(SnapshotWorker.class);

  private sealed interface Job {
    record Find(int group, int peer, long term, long minIndex) implements Job {}

    record Publish(int group, String staging, LogBase base, long stampMillis) implements Job {}

    record Send(int group, int peer, long term, StoredSnapshot snapshot) implements Job {}

    record Discard(String staging) implements Job {}

    record Installed(int group, long index) implements Job {}
  }

  private final Disk disk;
  private final Mailbox mailbox;
  private final SnapshotExchange exchange;
  private final SortedMap<Integer, SnapshotStore> stores = new TreeMap<>();
  private final ArrayDeque<Job> jobs = new ArrayDeque<>();
  private volatile Runnable wakeUp = () -> {};

  /** The disk failed, and the node was told. */
  private boolean failed;

  /** Makes the exchange that reports to a given listener. */
  @FunctionalInterface
  interface ExchangeFactory {
    SnapshotExchange create(SnapshotExchange.Listener listener);
  }

  SnapshotWorker(Disk disk, Mailbox mailbox, ExchangeFactory exchange) {
    this.disk = disk;
    this.mailbox = mailbox;
    this.exchange = exchange.create(this);
  }

  /** Only while the node is being put together. */
  void register(int group, SnapshotStore store) {
    stores.put(group, store);
    exchange.register(group, store);
  }

  SnapshotExchange exchange() {
    return exchange;
  }

  /** What to call when work arrived. */
  public void onWork(Runnable action) {
    wakeUp = action;
    exchange.onWork(action);
  }

  /** A peer needs a snapshot of {@code minIndex} or later. */
  void find(int group, int peer, long term, long minIndex) {
    add(new Job.Find(group, peer, term, minIndex));
  }

  void publish(int group, String staging, LogBase base, long stampMillis) {
    add(new Job.Publish(group, staging, base, stampMillis));
  }

  void send(int group, int peer, long term, StoredSnapshot snapshot) {
    add(new Job.Send(group, peer, term, snapshot));
  }

  void discard(String staging) {
    add(new Job.Discard(staging));
  }

  /**
   * The state machine has taken over the snapshot at {@code index}: older ones are of no use now.
   */
  void installed(int group, long index) {
    add(new Job.Installed(group, index));
  }

  private void add(Job job) {
    synchronized (jobs) {
      jobs.add(job);
    }
    wakeUp.run();
  }

  /**
   * Does the work that is due; returns nanoseconds until it wants to be called again at the latest.
   */
  public long pass() {
    if (failed) {
      return Long.MAX_VALUE;
    }
    try {
      return work();
    } catch (UncheckedIOException e) {
      // The disk failed: nothing that lies on it is worth another attempt (H32).
      failed = true;
      mailbox.complete(new Mail.StorageFailed("snapshots", 0, e));
      return Long.MAX_VALUE;
    }
  }

  private long work() {
    for (Job job = poll(); job != null; job = poll()) {
      switch (job) {
        case Job.Find find -> find(find);
        case Job.Publish publish -> publish(publish);
        case Job.Send send ->
            exchange.send(send.group(), send.peer(), send.term(), send.snapshot());
        case Job.Discard discarded -> delete(discarded.staging());
        case Job.Installed installed -> pruneBefore(installed.group(), installed.index());
      }
    }
    return exchange.pass();
  }

  private @Nullable Job poll() {
    synchronized (jobs) {
      return jobs.poll();
    }
  }

  private SnapshotStore store(int group) {
    SnapshotStore store = stores.get(group);
    if (store == null) {
      throw new IllegalStateException("no snapshot store for group " + group);
    }
    return store;
  }

  private void find(Job.Find find) {
    Optional<StoredSnapshot> latest = store(find.group()).latest();
    if (latest.isPresent() && latest.get().base().index() >= find.minIndex()) {
      exchange.send(find.group(), find.peer(), find.term(), latest.get());
      return;
    }
    try {
      String staging = store(find.group()).newStagingDirectory();
      mailbox.complete(new Mail.CheckpointWanted(find.group(), find.peer(), staging));
    } catch (IOException e) {
      mustNotBeTheDisk(e);
      log.warn("group {}: no folder for a checkpoint", find.group(), e);
      mailbox.complete(new Mail.SnapshotFailed(find.group(), "no folder: " + e.getMessage()));
    }
  }

  private void publish(Job.Publish publish) {
    SnapshotStore store = store(publish.group());
    try {
      StoredSnapshot snapshot =
          store.publish(publish.staging(), publish.base(), publish.stampMillis());
      mailbox.complete(new Mail.SnapshotPublished(publish.group(), snapshot));
      store.prune(1);
    } catch (IOException e) {
      mustNotBeTheDisk(e);
      log.warn("group {}: snapshot at {} not stored", publish.group(), publish.base().index(), e);
      delete(publish.staging());
      mailbox.complete(new Mail.SnapshotFailed(publish.group(), "not stored: " + e.getMessage()));
    }
  }

  /** Lack of room passes, and a snapshot may be wrong; anything else ends the node. */
  private static void mustNotBeTheDisk(IOException failure) {
    if (!(failure instanceof SnapshotDamagedException) && !DiskFullException.isCauseOf(failure)) {
      throw new UncheckedIOException(failure);
    }
  }

  private void pruneBefore(int group, long index) {
    try {
      store(group).pruneBefore(index);
    } catch (IOException e) {
      mustNotBeTheDisk(e);
      // They are found again at the next installation.
      log.warn("group {}: snapshots before {} not deleted", group, index, e);
    }
  }

  /** A checkpoint nobody wants any more, or that could not be stored, must not fill the disk. */
  private void delete(String staging) {
    try {
      disk.deleteRecursively(staging);
    } catch (IOException e) {
      mustNotBeTheDisk(e);
      // The store deletes what is left over at the next start.
      log.warn("staging folder {} not deleted", staging, e);
    }
  }

  @Override
  public void received(int group, int from, long term, LogBase base) {
    Optional<StoredSnapshot> latest = store(group).latest();
    if (latest.isEmpty() || latest.get().base().index() != base.index()) {
      // A newer one is in the store: this replica is further than the sender thought.
      log.info("group {}: received snapshot at {} is not the newest here", group, base.index());
      return;
    }
    mailbox.complete(new Mail.SnapshotReceived(group, from, term, base, latest.get().directory()));
  }

  @Override
  public void sent(int group, int peer, boolean success, long index) {
    mailbox.complete(new Mail.SnapshotSent(group, peer, success, index));
  }
}
