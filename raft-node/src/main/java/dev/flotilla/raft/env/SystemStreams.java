package dev.flotilla.raft.env;

import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/**
 * Streams whose seed is drawn from the operating system, so that no two processes share election
 * timeouts or incarnations.
 */
public final class SystemStreams implements RandomStreams {
  private final SeededStreams streams = new SeededStreams(new SecureRandom().nextLong());

  @Override
  public RandomGenerator stream(String name) {
    return streams.stream(name);
  }
}
