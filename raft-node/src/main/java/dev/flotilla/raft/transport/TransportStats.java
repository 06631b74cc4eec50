package dev.flotilla.raft.transport;

import java.util.concurrent.atomic.LongAdder;

/** What a transport did since it was made. Thread-safe. */
public final class TransportStats {
  private final LongAdder sentMessages = new LongAdder();
  private final LongAdder sentBytes = new LongAdder();
  private final LongAdder droppedMessages = new LongAdder();
  private final LongAdder connects = new LongAdder();
  private final LongAdder refusals = new LongAdder();

  void sent(int messages, int bytes) {
    sentMessages.add(messages);
    sentBytes.add(bytes);
  }

  void dropped(int messages) {
    droppedMessages.add(messages);
  }

  void connected() {
    connects.increment();
  }

  void refused() {
    refusals.increment();
  }

  /** Messages handed to the network, of both lanes. */
  public long sentMessages() {
    return sentMessages.sum();
  }

  public long sentBytes() {
    return sentBytes.sum();
  }

  /** Messages that no connection or no buffer could take. */
  public long droppedMessages() {
    return droppedMessages.sum();
  }

  /** Streams greeted on both sides, of both lanes. */
  public long connects() {
    return connects.sum();
  }

  /** Streams this node ended because of what the other end said of itself. */
  public long refusals() {
    return refusals.sum();
  }
}
