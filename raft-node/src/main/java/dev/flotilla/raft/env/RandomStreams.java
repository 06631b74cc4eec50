package dev.flotilla.raft.env;

import java.util.random.RandomGenerator;

/** Independent streams of randomness by name, so that one consumer's draws never move another's. */
public interface RandomStreams {
  RandomGenerator stream(String name);
}
