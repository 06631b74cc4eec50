package dev.flotilla.raft.core;

import dev.flotilla.raft.core.Effect.Durability;
import org.jspecify.annotations.Nullable;

/**
 * Passes effects on, in order, and puts a changed term or vote in front of whatever follows its
 * change: no message, reply or entry of a term can be emitted ahead of the term itself (H10, H13).
 */
final class Outbox {
  private final Ballot ballot;
  private @Nullable Effects effects;

  Outbox(Ballot ballot) {
    this.ballot = ballot;
  }

  void open(Effects target) {
    effects = target;
  }

  void close() {
    effects = null;
  }

  void emit(Effect effect) {
    writeBallot();
    deliver(effect);
  }

  /** Only for an established leader's traffic: its term and vote are on disk since it won. */
  void sendNow(Message message) {
    emit(new Effect.Send(message, Durability.IMMEDIATE));
  }

  void sendWhenDurable(Message message) {
    emit(new Effect.Send(message, Durability.AFTER_DURABLE));
  }

  void writeBallot() {
    if (ballot.isUnwritten()) {
      deliver(new Effect.PersistHardState(ballot.write()));
    }
  }

  private void deliver(Effect effect) {
    Effects target = effects;
    if (target == null) {
      throw new IllegalStateException("effect outside a step: " + effect);
    }
    target.emit(effect);
  }
}
