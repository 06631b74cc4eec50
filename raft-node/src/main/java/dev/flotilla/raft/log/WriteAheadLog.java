package dev.flotilla.raft.log;

import dev.flotilla.raft.core.Entry;
import dev.flotilla.raft.core.HardState;
import dev.flotilla.raft.core.LogBase;
import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.DiskFullException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** See the package description. Single-threaded, except for the counters. */
public final class WriteAheadLog implements AutoCloseable {
  /** What the first segment of a life has beyond its header: a start should not wait for zeros. */
  private static final long FIRST_ALLOCATION_BYTES = 256 << 10;

  /**
   * A segment is rolled after the sync that fills it; this share of it takes what that sync is
   * over.
   */
  private static final int SLACK_DIVISOR = 16;

  /**
   * A segment that could not be prepared is tried again each time this share of one was written.
   */
  private static final int RETRY_DIVISOR = 8;

  private final WalOptions options;
  private final SegmentSupply supply;
  private final Ballast ballast;
  private final NavigableMap<Long, Segment> segments;
  private final BatchWriter writer;
  private final EntryReader reader;
  private final SortedMap<Integer, GroupState> states;
  private final SortedMap<Integer, LoggedGroup> groups = new TreeMap<>();
  private final AtomicLong syncs = new AtomicLong();
  private final AtomicLong writtenBytes = new AtomicLong();

  /** Whether something became obsolete since segments were last looked at. */
  private boolean reclaimable = true;

  /** The active segment's size at which the next one is to be made. */
  private long prepareAt;

  /** Once set, never cleared: the log is poisoned (H32). */
  private @Nullable IOException failure;

  private WriteAheadLog(
      WalOptions options,
      SegmentSupply supply,
      Ballast ballast,
      NavigableMap<Long, Segment> segments,
      BatchWriter writer,
      SortedMap<Integer, GroupState> states) {
    this.options = options;
    this.supply = supply;
    this.ballast = ballast;
    this.segments = segments;
    this.writer = writer;
    this.states = states;
    this.reader = new EntryReader(segments, writer);
    this.prepareAt = options.segmentBytes() / 2;
    this.writtenBytes.set(writer.writtenBytes());
    states.forEach((group, state) -> groups.put(group, new LoggedGroup(this, state)));
  }

  /**
   * {@link #open(Disk, String, LogIdentity, WalOptions, BackgroundWork)}, all on the calling
   * thread.
   */
  public static WriteAheadLog open(
      Disk disk, String directory, LogIdentity identity, WalOptions options) throws IOException {
    return open(disk, directory, identity, options, BackgroundWork.INLINE);
  }

  /**
   * Opens the log in {@code directory}, creating it when the folder holds none, and recovers: a
   * torn tail is cut, damage before it is refused. Every start begins a new segment.
   *
   * @param background where segments are made and deleted; must outlive the log
   * @throws LogDamagedException when records are damaged that may have been acknowledged (H34)
   * @throws ForeignLogException when the log is another node's or incarnation's (H50)
   */
  public static WriteAheadLog open(
      Disk disk,
      String directory,
      LogIdentity identity,
      WalOptions options,
      BackgroundWork background)
      throws IOException {
    Recovery recovery = new Recovery(disk, directory, identity);
    recovery.run();
    SegmentSupply supply = new SegmentSupply(disk, directory, identity, background);
    Segment active = null;
    boolean unwritten = true;
    try {
      active =
          supply.create(
              recovery.nextSequence(), Math.min(options.segmentBytes(), FIRST_ALLOCATION_BYTES));
      Replay replay = recovery.replay();
      Ballast ballast = new Ballast(disk, directory, options, background);
      BatchWriter writer =
          new BatchWriter(options, active, recovery.nextBatch(), recovery.previousCrc(), ballast);
      writer.startSegment(active, replay.groups().values());
      replay.moveTo(active, writer, recovery.held());
      replay.finish(directory);
      unwritten = false;
      writer.sync();
      NavigableMap<Long, Segment> segments = new TreeMap<>();
      for (Segment segment : recovery.dropMovedTail()) {
        segments.put(segment.sequence, segment);
      }
      segments.put(active.sequence, active);
      WriteAheadLog log =
          new WriteAheadLog(options, supply, ballast, segments, writer, replay.groups());
      log.reclaim();
      return log;
    } catch (IOException | RuntimeException e) {
      recovery.close(e);
      if (active != null) {
        supply.giveUp(active, unwritten, e);
      }
      throw e;
    }
  }

  /** Whether the folder holds a log: a node that has lived there and finds none has lost it. */
  public static boolean exists(Disk disk, String directory) throws IOException {
    return LogSalvage.isReplacing(disk, directory)
        || disk.list(directory).stream().anyMatch(LogFormat::isSegmentName);
  }

  /**
   * Keeps some room for the log from now on that nobody else can take: when a write finds the disk
   * full, that room is given up for it. See {@link Ballast}.
   */
  public void keepRoom() {
    ballast.want();
  }

  public Set<Integer> groups() {
    return Collections.unmodifiableSet(new TreeSet<>(groups.keySet()));
  }

  /** The group's log, if it was ever created here. */
  public Optional<GroupLog> group(int group) {
    return Optional.ofNullable(groups.get(group));
  }

  /**
   * Starts a group's log at the base (its bootstrap membership, or a snapshot). Durable after
   * {@link #sync()}.
   */
  public GroupLog create(int group, LogBase base) {
    checkUsable();
    if (groups.containsKey(group)) {
      throw new IllegalStateException("group " + group + " exists already");
    }
    try {
      writer.base(RecordType.CREATE, group, base);
    } catch (IOException e) {
      throw poisoned(e);
    }
    GroupState state = new GroupState(group, base);
    LoggedGroup created = new LoggedGroup(this, state);
    states.put(group, state);
    groups.put(group, created);
    return created;
  }

  /** Forgets a group altogether. Its {@link GroupLog} must not be used afterwards. */
  public void remove(int group) {
    checkUsable();
    if (states.remove(group) == null) {
      throw new IllegalStateException("group " + group + " does not exist");
    }
    groups.remove(group);
    reclaimable = true;
    try {
      writer.remove(group);
    } catch (IOException e) {
      throw poisoned(e);
    }
  }

  /** Whether anything was written since the last sync. */
  public boolean isDirty() {
    return writer.isDirty();
  }

  /**
   * Writes and fsyncs everything buffered; does nothing when nothing is. The first failure poisons
   * the log for good: this and every later call throws (H32), and the process must end.
   */
  public void sync() throws IOException {
    if (failure != null) {
      throw new IOException("the log failed before", failure);
    }
    if (!writer.isDirty()) {
      return;
    }
    try {
      writer.sync();
      syncs.incrementAndGet();
      writtenBytes.set(writer.writtenBytes());
      reclaim();
      advance();
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  /**
   * Whether the disk failed while segments were made or deleted in the background. Poisons the log
   * as a failed sync does; cheap, to be asked at every opportunity.
   */
  public void checkBackground() throws IOException {
    try {
      supply.check();
    } catch (IOException e) {
      failure = failure == null ? e : failure;
      throw e;
    }
  }

  /**
   * Whether the last sync left no trace but its own batches: damage to them could not be told from
   * a torn write. {@link #seal()} ends that, and so does the next sync.
   */
  public boolean isUnsealed() {
    return failure == null && !writer.isDirty() && !writer.isSealed();
  }

  /**
   * Writes, without syncing it, the proof that the last sync happened (H34). For a log at rest:
   * while writes come, each sync proves the one before.
   */
  public void seal() throws IOException {
    if (!isUnsealed()) {
      return;
    }
    try {
      writer.seal();
      writtenBytes.set(writer.writtenBytes());
    } catch (IOException e) {
      if (DiskFullException.isCauseOf(e)) {
        // Nothing of it was promised, and the next batch goes to the same place.
        return;
      }
      failure = e;
      throw e;
    }
  }

  /** Bytes written to all segments on disk; what is preallocated and unused does not count. */
  public long sizeBytes() {
    long bytes = 0;
    for (Segment segment : segments.values()) {
      bytes += segment.end();
    }
    return bytes;
  }

  /**
   * The group whose old entries keep the oldest segment alive: compact it to give space back (H53).
   */
  public Optional<Integer> groupHoldingOldestSegment() {
    GroupState holder = null;
    for (GroupState state : states.values()) {
      if (!state.entries().isEmpty()
          && (holder == null
              || state.entries().firstLocation() < holder.entries().firstLocation())) {
        holder = state;
      }
    }
    if (holder == null
        || Location.sequence(holder.entries().firstLocation()) == writer.segment().sequence) {
      return Optional.empty();
    }
    return Optional.of(holder.group);
  }

  /** Number of fsyncs done. Any thread. */
  public long syncs() {
    return syncs.get();
  }

  /** Bytes written in this life, padding included. Any thread. */
  public long writtenBytes() {
    return writtenBytes.get();
  }

  /** Closes files without syncing. Waits for background work on them. */
  @Override
  public void close() throws IOException {
    if (failure == null) {
      failure = new IOException("the log is closed");
    }
    supply.close();
    for (Segment segment : segments.values()) {
      segment.file.close();
    }
  }

  List<Entry> read(GroupState state, long from, long to, long maxBytes) {
    checkUsable();
    if (from > to || from <= state.base().index() || to > state.lastIndex()) {
      throw new IllegalArgumentException(
          "group "
              + state.group
              + ": entries "
              + from
              + ".."
              + to
              + " of a log of "
              + (state.base().index() + 1)
              + ".."
              + state.lastIndex());
    }
    try {
      return reader.read(state, from, to, maxBytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void append(GroupState state, List<Entry> entries) {
    checkUsable(state);
    if (entries.isEmpty()) {
      return;
    }
    long first = entries.getFirst().index();
    state.checkAppend(first);
    for (int i = 1; i < entries.size(); i++) {
      if (entries.get(i).index() != first + i) {
        throw new IllegalArgumentException(
            "group "
                + state.group
                + ": entry "
                + entries.get(i).index()
                + " stands where "
                + (first + i)
                + " belongs");
      }
    }
    if (first <= state.lastIndex()) {
      state.truncateFrom(first);
      reclaimable = true;
    }
    try {
      for (int i = 0; i < entries.size(); i++) {
        Entry entry = entries.get(i);
        state.append(writer.entry(state.group, entry), entry.payload().length);
      }
    } catch (IOException e) {
      throw poisoned(e);
    }
  }

  void setHardState(GroupState state, HardState hardState) {
    checkUsable(state);
    try {
      writer.hardState(state.group, hardState);
    } catch (IOException e) {
      throw poisoned(e);
    }
    state.setHardState(hardState);
  }

  void compactTo(GroupState state, LogBase base) {
    checkUsable(state);
    state.checkCompact(base);
    try {
      writer.base(RecordType.COMPACT, state.group, base);
    } catch (IOException e) {
      throw poisoned(e);
    }
    state.compactTo(base);
    reclaimable = true;
  }

  void resetTo(GroupState state, LogBase base) {
    checkUsable(state);
    try {
      writer.base(RecordType.RESET, state.group, base);
    } catch (IOException e) {
      throw poisoned(e);
    }
    state.resetTo(base);
    reclaimable = true;
  }

  /**
   * Gives back segments that no group needs. Called when everything in memory is on disk, and the
   * active segment's checkpoint too: what made them obsolete cannot be forgotten.
   */
  private void reclaim() {
    if (!reclaimable) {
      return;
    }
    reclaimable = false;
    long oldestNeeded = writer.segment().sequence;
    for (GroupState state : states.values()) {
      if (!state.entries().isEmpty()) {
        oldestNeeded = Math.min(oldestNeeded, Location.sequence(state.entries().firstLocation()));
      }
    }
    while (segments.firstKey() < oldestNeeded) {
      supply.retire(segments.pollFirstEntry().getValue());
    }
  }

  /** Has the next segment made when this one is half full, and goes on to it when it is full. */
  private void advance() throws IOException {
    Segment active = writer.segment();
    if (active.end() >= prepareAt) {
      ballast.takeOn();
      long slack = options.segmentBytes() / SLACK_DIVISOR;
      supply.prepare(active.sequence + 1, LogFormat.align(options.segmentBytes() + slack));
      prepareAt = active.end() + Math.max(1, options.segmentBytes() / RETRY_DIVISOR);
    }
    if (active.end() < options.segmentBytes()) {
      return;
    }
    // A background that cannot keep up must slow the writer down at some point; twice the size is
    // late.
    Optional<Segment> next = supply.take(active.end() >= 2 * options.segmentBytes());
    if (next.isPresent()) {
      segments.put(next.get().sequence, next.get());
      writer.startSegment(next.get(), states.values());
      prepareAt = options.segmentBytes() / 2;
      reclaimable = true;
    }
  }

  private void checkUsable(GroupState state) {
    checkUsable();
    if (states.get(state.group) != state) {
      throw new IllegalStateException("group " + state.group + " was removed");
    }
  }

  private void checkUsable() {
    if (failure != null) {
      throw new UncheckedIOException(new IOException("the log failed before", failure));
    }
  }

  private UncheckedIOException poisoned(IOException cause) {
    failure = cause;
    return new UncheckedIOException(cause);
  }
}
