package dev.flotilla.raft.core;

/**
 * One entry of a group's log. The payload is shared, never copied, and must not be changed by
 * anyone.
 *
 * @param index position in the log, from 1
 * @param term term of the leader that proposed it, from 1
 * @param kind what the payload is
 * @param stampMillis the proposing leader's wall clock, milliseconds since 1970; the only time a
 *     state machine ever sees. 0 in the entries a leader adds of its own accord: a replicated
 *     clock, which is the maximum of all stamps, passes over them
 * @param payload the bytes; empty for {@link EntryKind#NOOP}
 */
public record Entry(long index, long term, EntryKind kind, long stampMillis, byte[] payload) {

  /** What an entry costs beside its payload in every byte budget of this code. */
  public static final int OVERHEAD_BYTES = 48;

  public Entry {
    if (index < 1 || term < 1) {
      throw new IllegalArgumentException("entry at index " + index + " of term " + term);
    }
  }

  /** The size this entry counts for in byte-bounded windows and queues. */
  public int sizeBytes() {
    return OVERHEAD_BYTES + payload.length;
  }
}
