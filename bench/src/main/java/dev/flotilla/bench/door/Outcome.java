package dev.flotilla.bench.door;

/** What is known about an operation that did not succeed. */
public enum Outcome {
  /** Refused; had no effect. */
  NOT_APPLIED,
  /** May or may not have happened. */
  UNKNOWN,
  /** Answered, but not as it must be answered: a wrong value, a wrong shape. */
  WRONG
}
