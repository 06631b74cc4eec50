package dev.flotilla.bench.kill;

/** Which process of a group a round kills. */
public enum Victim {
  LEADER,
  FOLLOWER
}
