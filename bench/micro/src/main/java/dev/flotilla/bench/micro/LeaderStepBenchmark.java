package dev.flotilla.bench.micro;

import dev.flotilla.raft.core.Input;
import org.openjdk.jmh.annotations.Benchmark;

/** A leader's core: what its group of three costs it, without disk and wire. */
public class LeaderStepBenchmark extends MicroBenchmark {
  /** An entry of 64 commands; all entries share it. */
  private final byte[] payload = new byte[BATCH * (VALUE_BYTES + 64)];

  private final DrivenCore leader = DrivenCore.leader();
  private long id;

  /**
   * A proposal from its arrival until it is committed, known to both followers and applied: five
   * steps.
   */
  @Benchmark
  public long propose() {
    leader.step(new Input.Propose(++id, Replicas.STAMP_MILLIS, payload));
    leader.durable();
    leader.acknowledge(2);
    leader.acknowledge(3);
    leader.applied();
    return require(leader.lastIndex(), leader.announced());
  }

  /** A round of heartbeats that both followers answer: three steps. */
  @Benchmark
  public long heartbeat() {
    long before = leader.sent();
    leader.waitForDeadline();
    leader.step(new Input.Tick());
    leader.answerRound(2);
    leader.answerRound(3);
    return require(before + 2, leader.sent());
  }

  /** A linearizable read with a round of its own that both followers answer: three steps. */
  @Benchmark
  public long read() {
    leader.step(new Input.Read(++id, false));
    leader.answerRound(2);
    leader.answerRound(3);
    return require(id, leader.readsReady());
  }

  private static long require(long wanted, long found) {
    if (wanted != found) {
      throw new IllegalStateException("did not happen: " + found + " instead of " + wanted);
    }
    return found;
  }
}
