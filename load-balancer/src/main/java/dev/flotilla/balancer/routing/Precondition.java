package dev.flotilla.balancer.routing;

/** What must hold of a key for a command to take effect. */
public sealed interface Precondition {
  Precondition NONE = new None();
  Precondition ABSENT = new Absent();
  Precondition PRESENT = new Present();

  /** Nothing. */
  record None() implements Precondition {}

  /** The key is present with exactly this revision. */
  record RevisionIs(long revision) implements Precondition {}

  /** The key is absent. */
  record Absent() implements Precondition {}

  /** The key is present. */
  record Present() implements Precondition {}
}
