package dev.flotilla.raft.runtime;

import dev.flotilla.raft.core.Effect.TransferEnded;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Those who wait for the end of a hand-over of leadership. Whoever asks while one is under way
 * waits for that one. The loop's thread only.
 */
final class TransferWaiters {
  private final List<Consumer<TransferEnded>> waiting = new ArrayList<>();

  void add(Consumer<TransferEnded> waiter) {
    waiting.add(waiter);
  }

  /** Tells everyone, once; one who asks again from within waits for the next. */
  void tell(TransferEnded ended) {
    List<Consumer<TransferEnded>> all = List.copyOf(waiting);
    waiting.clear();
    all.forEach(waiter -> waiter.accept(ended));
  }
}
