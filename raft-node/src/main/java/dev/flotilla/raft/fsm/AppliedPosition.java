package dev.flotilla.raft.fsm;

/** The last log position contained in a state; index 0, term 0 before the first entry. */
public record AppliedPosition(long index, long term) {
  public static final AppliedPosition NONE = new AppliedPosition(0, 0);
}
