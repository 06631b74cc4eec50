package dev.flotilla.raft.log;

import dev.flotilla.raft.core.Entry;
import dev.flotilla.raft.core.HardState;
import dev.flotilla.raft.core.LogBase;
import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.DiskFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a damaged log still holds. Reads only, until {@link #replaceLog}.
 *
 * <p>The log falls into runs: stretches of batches without a gap, each beginning with a segment's
 * checkpoint. Damage ends a run; the next one begins with the next segment. A run's end is a state
 * the log truly had at some time. Two things follow, group by group:
 *
 * <ul>
 *   <li>A group whose live entries all stand in a run that reaches the log's end has lost nothing:
 *       the checkpoint at the run's beginning says everything else there is to know of it.
 *   <li>Any other group may have lost something. Of it, the newest run that has its entries without
 *       a hole is kept. Whoever owns it must give up its identity before the log is replaced.
 * </ul>
 */
public final class LogSalvage implements AutoCloseable {
  private static final long COPY_BYTES = 1L << 20;

  private final Disk disk;
  private final String directory;
  private final LogIdentity identity;
  private final List<SegmentScanner> scanners = new ArrayList<>();
  private final NavigableMap<Long, Segment> segments = new TreeMap<>();

  /** Ascending by sequence; the segments among them whose header is good. */
  private final SortedSet<Integer> sound = new TreeSet<>();

  private final List<Replay> runs = new ArrayList<>();
  private boolean endReached;

  /** Groups that have lost nothing. */
  private final SortedMap<Integer, GroupState> whole = new TreeMap<>();

  /** Groups that may have lost something, as far as they go. */
  private final SortedMap<Integer, GroupState> cut = new TreeMap<>();

  private LogSalvage(Disk disk, String directory, LogIdentity identity) {
    this.disk = disk;
    this.directory = directory;
    this.identity = identity;
  }

  /**
   * Looks at a log that {@link WriteAheadLog#open} has refused.
   *
   * @throws ForeignLogException when a part of it is another node's or incarnation's
   */
  public static LogSalvage read(Disk disk, String directory, LogIdentity identity)
      throws IOException {
    LogSalvage salvage = new LogSalvage(disk, directory, identity);
    try {
      salvage.openSegments();
      salvage.findRuns();
      salvage.judge();
      return salvage;
    } catch (IOException | RuntimeException e) {
      try {
        salvage.close();
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  /** Groups of which nothing is lost. */
  public SortedSet<Integer> whole() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(whole.keySet()));
  }

  /**
   * Groups of which something may be lost, and of which the log still knows. There may be others of
   * which it does not know any more.
   */
  public SortedSet<Integer> cut() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(cut.keySet()));
  }

  /** The last term and vote the log knows of; {@link HardState#INITIAL} when it knows none. */
  public HardState hardState(int group) {
    GroupState state = state(group);
    return state == null ? HardState.INITIAL : state.hardState();
  }

  private @Nullable GroupState state(int group) {
    GroupState found = whole.get(group);
    return found == null ? cut.get(group) : found;
  }

  /**
   * Puts a log in the damaged one's place that holds what is whole, and what is left of the rest. A
   * crash at any moment leaves the old log or the new one; {@link #finishReplacing} completes it.
   */
  public void replaceLog(WalOptions options) throws IOException {
    String staging = staging(directory);
    disk.deleteRecursively(staging);
    try (WriteAheadLog copy = WriteAheadLog.open(disk, staging, identity, options)) {
      EntryReader reader = new EntryReader(segments, null);
      SortedMap<Integer, GroupState> all = new TreeMap<>(whole);
      all.putAll(cut);
      for (GroupState state : all.values()) {
        copy(state, reader, copy.create(state.group, state.base()), copy);
      }
      copy.sync();
    }
    close();
    disk.rename(staging, repaired(directory));
    disk.syncDirectory(parent(directory));
    finishReplacing(disk, directory);
  }

  private static void copy(GroupState from, EntryReader reader, GroupLog to, WriteAheadLog log)
      throws IOException {
    to.setHardState(from.hardState());
    log.sync();
    LogBase base = from.base();
    long next = base.index() + 1;
    while (next <= from.lastIndex()) {
      List<Entry> page = reader.read(from, next, from.lastIndex(), COPY_BYTES);
      to.append(page);
      log.sync();
      next = page.getLast().index() + 1;
    }
  }

  /** Completes a replacement that a crash interrupted; does nothing when there is none. */
  static void finishReplacing(Disk disk, String directory) throws IOException {
    String repaired = repaired(directory);
    if (disk.exists(repaired)) {
      // The name may be in memory only: it has to be durable before the old log goes.
      disk.syncDirectory(parent(directory));
      disk.deleteRecursively(directory);
      disk.syncDirectory(parent(directory));
      disk.rename(repaired, directory);
      disk.syncDirectory(parent(directory));
    }
  }

  static boolean isReplacing(Disk disk, String directory) throws IOException {
    return disk.exists(repaired(directory));
  }

  private static String staging(String directory) {
    return directory + ".staging";
  }

  private static String repaired(String directory) {
    return directory + ".repaired";
  }

  private static String parent(String directory) {
    int slash = directory.lastIndexOf('/');
    return slash < 0 ? "" : directory.substring(0, slash);
  }

  private void openSegments() throws IOException {
    for (String name : disk.list(directory)) {
      if (!LogFormat.isSegmentName(name)) {
        continue;
      }
      long sequence = LogFormat.sequenceOf(name);
      if (sequence < 1 || sequence > Location.MAX_SEQUENCE) {
        continue;
      }
      String path = directory + "/" + name;
      DiskFile file = disk.open(path, Disk.OpenMode.READ);
      Segment segment = new Segment(sequence, path, file, file.size(), file.size());
      segments.put(sequence, segment);
      scanners.add(new SegmentScanner(segment));
      try {
        SegmentHeader.check(file, path, identity, sequence);
        sound.add(scanners.size() - 1);
      } catch (LogDamagedException e) {
        // The next run begins after it.
      }
    }
  }

  private void findRuns() throws IOException {
    int at = 0;
    while (at < scanners.size()) {
      Batch first = sound.contains(at) ? firstBatch(at) : null;
      at = first == null ? at + 1 : run(at, first);
    }
  }

  private @Nullable Batch firstBatch(int at) throws IOException {
    return scanners.get(at).batchAt(LogFormat.SEGMENT_HEADER_BYTES);
  }

  /** Follows the run that begins with this segment; returns where to look for the next one. */
  private int run(int from, Batch firstOfRun) throws IOException {
    Replay replay = new Replay();
    runs.add(replay);
    long nextBatch = firstOfRun.number();
    int previousCrc = firstOfRun.previousCrc();
    int at = from;
    while (true) {
      int next = at + 1;
      Batch firstOfNext = null;
      while (next < scanners.size() && sound.contains(next)) {
        firstOfNext = firstBatch(next);
        if (firstOfNext != null) {
          break;
        }
        next++;
      }
      // A segment begins with the number of the first batch it replaces.
      long limit = firstOfNext == null ? Long.MAX_VALUE : firstOfNext.number();
      long position = LogFormat.SEGMENT_HEADER_BYTES;
      while (nextBatch < limit) {
        Batch batch = scanners.get(at).batchAt(position);
        if (batch == null || batch.number() != nextBatch || batch.previousCrc() != previousCrc) {
          break;
        }
        if (!apply(replay, scanners.get(at).segment(), batch)) {
          return at + 1;
        }
        previousCrc = batch.crc();
        nextBatch++;
        position = batch.end();
      }
      if (nextBatch == limit) {
        at = next;
      } else if (next < scanners.size()) {
        return next;
      } else {
        endReached = isTornTail(at, position, nextBatch) && isWhole(replay);
        return next;
      }
    }
  }

  private static boolean apply(Replay replay, Segment segment, Batch batch) {
    try {
      for (Recovery.HeldRecord record : Recovery.records(segment, batch)) {
        replay.apply(record.record(), record.path(), record.location());
      }
      return true;
    } catch (LogDamagedException e) {
      return false;
    }
  }

  /** See the package description: whether nothing proves that more had been synced. */
  private boolean isTornTail(int at, long position, long missing) throws IOException {
    for (int i = at; i < scanners.size(); i++) {
      long from = i == at ? position : LogFormat.SEGMENT_HEADER_BYTES;
      if (scanners.get(i).proofOfSync(from, missing) != null) {
        return false;
      }
    }
    return true;
  }

  /** Whether the checkpoint met last was whole: only then are all groups known. */
  private static boolean isWhole(Replay replay) {
    try {
      replay.finishCheckpoint();
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private void judge() {
    if (endReached) {
      runs.getLast()
          .groups()
          .forEach((group, state) -> {
            if (isComplete(state)) {
              whole.put(group, state);
            } else {
              keepNewestComplete(group);
            }
          });
      boolean unexplained = runs.size() == 1 && cut.isEmpty() && sound.size() == scanners.size();
      if (unexplained && sound.contains(0)) {
        // The log was refused for a reason not seen here: trust none of it more than needed.
        cut.putAll(whole);
        whole.clear();
      }
      return;
    }
    for (Replay run : runs) {
      run.groups().keySet().forEach(this::keepNewestComplete);
    }
  }

  private void keepNewestComplete(int group) {
    for (Replay run : runs.reversed()) {
      GroupState state = run.groups().get(group);
      if (state != null && isComplete(state)) {
        cut.put(group, state);
        return;
      }
    }
  }

  private static boolean isComplete(GroupState state) {
    return state.entries().isEmpty() || state.entries().firstLocation() != Location.ABSENT;
  }

  @Override
  public void close() throws IOException {
    for (Segment segment : segments.values()) {
      segment.file.close();
    }
  }
}
