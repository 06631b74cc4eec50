package dev.flotilla.raft.core;

/** What an {@link Entry} carries. */
public enum EntryKind {
  /** Commands for the state machine. */
  COMMAND,
  /** Nothing: a leader's first entry, whose commit commits everything before it (thesis 3.6.2). */
  NOOP,
  /** A {@link Membership}, effective from the moment it is in the log (thesis 4.1). */
  MEMBERSHIP
}
