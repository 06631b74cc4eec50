package dev.flotilla.balancer.routing;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A sender's own identity towards one group, which makes its retries exactly-once: a random 128-bit
 * client id, a number for each command, and the lowest number still under way. Everything below
 * that is never sent again, so the state machine may forget those answers; an attempt that still
 * wanders about in the network is refused by the same rule.
 *
 * <p>One session a group, because the lowest number waits for the slowest command: a group without
 * a leader must not keep the others from forgetting.
 */
public final class ClientSession {
  private final long clientHigh;
  private final long clientLow;

  /** A bit for each number of the window [lowest, lowest + window): set = under way. */
  private final long[] underWay;

  private final int window;
  private long lowest = 1;
  private long next = 1;

  /**
   * @param window most numbers between the lowest and the newest under way; a power of two, 64 or
   *     more
   */
  public ClientSession(RandomGenerator random, int window) {
    if (window < 64 || Integer.bitCount(window) != 1) {
      throw new IllegalArgumentException("window must be a power of two from 64: " + window);
    }
    // 0 stands for "no session" on the wire.
    this.clientHigh = random.nextLong() | 1;
    this.clientLow = random.nextLong();
    this.window = window;
    this.underWay = new long[window / Long.SIZE];
  }

  /**
   * The identity of a new command, or null when the window is full. To be given back when its fate
   * is sealed.
   */
  public synchronized @Nullable CallerIdentity begin() {
    if (next - lowest >= window) {
      return null;
    }
    long seq = next++;
    underWay[word(seq)] |= bit(seq);
    return new CallerIdentity(clientHigh, clientLow, seq, lowest);
  }

  /** The command of this number was answered and will not be sent again. */
  public synchronized void end(long seq) {
    underWay[word(seq)] &= ~bit(seq);
    while (lowest < next && (underWay[word(lowest)] & bit(lowest)) == 0) {
      lowest++;
    }
  }

  synchronized long lowestUnderWay() {
    return lowest;
  }

  private int word(long seq) {
    return (int) ((seq & (window - 1)) >>> 6);
  }

  private static long bit(long seq) {
    return 1L << (seq & 63);
  }
}
