package dev.flotilla.bench.micro;

import dev.flotilla.raft.core.Message;
import org.openjdk.jmh.annotations.Benchmark;

/** A follower's core; node 2 leads. */
public class FollowerStepBenchmark extends MicroBenchmark {
  private final byte[] payload = new byte[VALUE_BYTES];
  private final DrivenCore follower = new DrivenCore();
  private long round;

  /**
   * A request with 64 entries, which are made here; they are on disk, and those before them are
   * applied: three steps.
   */
  @Benchmark
  public long append() {
    long before = follower.lastIndex();
    follower.receive(
        new Message.AppendRequest(
            2,
            1,
            Replicas.TERM,
            before,
            before == 0 ? 0 : Replicas.TERM,
            before,
            Replicas.entriesAfter(before, BATCH, payload)));
    follower.durable();
    follower.applied();
    if (follower.lastIndex() != before + BATCH || follower.announced() != before) {
      throw new IllegalStateException("entries after " + before + " were not taken");
    }
    return follower.sent();
  }

  /** A heartbeat. */
  @Benchmark
  public long heartbeat() {
    follower.receive(
        new Message.Heartbeat(2, 1, Replicas.TERM, ++round, 0, Replicas.incarnation(1)));
    return follower.sent();
  }
}
