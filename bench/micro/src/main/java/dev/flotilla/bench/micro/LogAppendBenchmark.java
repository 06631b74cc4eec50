package dev.flotilla.bench.micro;

import dev.flotilla.raft.core.LogBase;
import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.NioDisk;
import dev.flotilla.raft.log.GroupLog;
import dev.flotilla.raft.log.LogIdentity;
import dev.flotilla.raft.log.WalOptions;
import dev.flotilla.raft.log.WriteAheadLog;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A group's entries into the write-ahead log, one batch and one sync at a time. Making the entries
 * is part of it. As in a node, segments are made on another thread, and the log is compacted.
 */
public class LogAppendBenchmark extends MicroBenchmark {

  /** What lies under the log. */
  public enum Medium {
    /** {@link DiscardingDisk}: the log's own time. */
    NONE,
    /** A folder of this machine, with the fsync. */
    DISK
  }

  /** Entries the group holds before half of them are given back. */
  private static final int KEPT = 65_536;

  @Param({"1", "64"})
  int entries;

  @Param Medium medium = Medium.NONE;

  private final byte[] payload = new byte[VALUE_BYTES];
  private ScratchFolder folder;
  private ExecutorService background;
  private WriteAheadLog log;
  private GroupLog group;
  private long last;

  @Setup
  public void open() throws IOException {
    folder = ScratchFolder.create();
    background = Executors.newSingleThreadExecutor();
    Disk disk =
        switch (medium) {
          case NONE -> new DiscardingDisk();
          case DISK -> new NioDisk(folder.path());
        };
    log =
        WriteAheadLog.open(
            disk, "log", new LogIdentity(1, 7), WalOptions.DEFAULT, background::execute);
    group = log.create(Replicas.GROUP, Replicas.base());
    log.sync();
  }

  @TearDown
  public void close() throws IOException {
    log.close();
    background.close();
    folder.close();
  }

  @Benchmark
  public long append() throws IOException {
    group.append(Replicas.entriesAfter(last, entries, payload));
    last += entries;
    log.sync();
    if (last - group.base().index() > KEPT) {
      group.compactTo(new LogBase(last - KEPT / 2, Replicas.TERM, group.base().membership()));
    }
    return log.syncs();
  }
}
