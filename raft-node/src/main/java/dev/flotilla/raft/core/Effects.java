package dev.flotilla.raft.core;

/** Takes a step's effects, in order. */
@FunctionalInterface
public interface Effects {
  void emit(Effect effect);
}
