package dev.flotilla.raft.runtime;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A node's counters and gauges, as plain numbers for whatever publishes them. Any thread may read.
 */
public final class NodeMetrics {
  final AtomicLong passes = new AtomicLong();
  final AtomicLong busyNanos = new AtomicLong();
  final AtomicLong applierPasses = new AtomicLong();
  final AtomicLong applierBusyNanos = new AtomicLong();
  final AtomicLong requestsReceived = new AtomicLong();
  final AtomicLong requestsOverloaded = new AtomicLong();
  final AtomicLong peerBatchesDropped = new AtomicLong();
  final AtomicLong peerMessagesRefused = new AtomicLong();
  final DurationStat fsync = new DurationStat();

  private final long startedNanos;
  private final SortedMap<Integer, GroupMetrics> groups = new TreeMap<>();
  private volatile long walBytes;
  private volatile long walWrittenBytes;
  private volatile long diskUsableBytes = -1;
  private volatile boolean diskFull;

  NodeMetrics(long startedNanos) {
    this.startedNanos = startedNanos;
  }

  /** Only while the node is being put together. */
  void add(int group, GroupMetrics metrics) {
    groups.put(group, metrics);
  }

  void wal(long bytes, long writtenBytes) {
    walBytes = bytes;
    walWrittenBytes = writtenBytes;
  }

  void disk(long usableBytes, boolean full) {
    diskUsableBytes = usableBytes;
    diskFull = full;
  }

  /** By group id. */
  public SortedMap<Integer, GroupMetrics> groups() {
    return Collections.unmodifiableSortedMap(groups);
  }

  /** When the node was put together, on its monotonic clock. */
  public long startedNanos() {
    return startedNanos;
  }

  public long passes() {
    return passes.get();
  }

  /** Time spent inside passes; its rate over real time is the loop's busy ratio. */
  public long busyNanos() {
    return busyNanos.get();
  }

  public long applierPasses() {
    return applierPasses.get();
  }

  public long applierBusyNanos() {
    return applierBusyNanos.get();
  }

  /** Share of the time since the start that the loop was inside a pass, 0..1. */
  public double busyRatio(long nowNanos) {
    long up = nowNanos - startedNanos;
    return up <= 0 ? 0 : Math.min(1, (double) busyNanos.get() / up);
  }

  /** Share of the time since the start that the applier was inside a pass, 0..1. */
  public double applierBusyRatio(long nowNanos) {
    long up = nowNanos - startedNanos;
    return up <= 0 ? 0 : Math.min(1, (double) applierBusyNanos.get() / up);
  }

  public long requestsReceived() {
    return requestsReceived.get();
  }

  /** Requests refused because the mailbox was full. */
  public long requestsOverloaded() {
    return requestsOverloaded.get();
  }

  /** Peers' batches dropped because the mailbox was full. */
  public long peerBatchesDropped() {
    return peerBatchesDropped.get();
  }

  /** Peers' messages that were malformed, misaddressed, or for a group not hosted here. */
  public long peerMessagesRefused() {
    return peerMessagesRefused.get();
  }

  public DurationStat fsync() {
    return fsync;
  }

  /** Bytes of the write-ahead log on disk. */
  public long walBytes() {
    return walBytes;
  }

  /** Bytes written to the write-ahead log since the process began, padding included. */
  public long walWrittenBytes() {
    return walWrittenBytes;
  }

  /** As last looked at; -1 before the first look. */
  public long diskUsableBytes() {
    return diskUsableBytes;
  }

  /** Whether commands are being refused for want of room. */
  public boolean diskFull() {
    return diskFull;
  }
}
