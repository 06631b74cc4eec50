package dev.flotilla.raft.runtime;

import dev.flotilla.raft.fsm.Wake;
import java.util.Arrays;
import java.util.Optional;

/**
 * When a leader proposes what its state machine waits for. One at a time: the next only once the
 * state machine has applied the last one and said what it waits for now.
 */
final class WakeSchedule {
  /**
   * The group's time is not the monotonic clock's: a far-off wake is looked at again this often.
   */
  private static final long LOOK_AGAIN_NANOS = 1_000_000_000L;

  /**
   * Pause before the same wake is proposed again: a state machine that keeps asking must not fill
   * the log.
   */
  private static final long REPEAT_NANOS = 1_000_000_000L;

  private static final long NANOS_PER_MILLI = 1_000_000L;

  private Optional<Wake> wanted = Optional.empty();

  /** Position of the proposed wake, 0 when none is under way. */
  private long proposedIndex;

  private long notBeforeNanos = Long.MIN_VALUE;

  /** The state machine stands at {@code appliedIndex} and waits for {@code wake}. */
  void update(Optional<Wake> wake, long appliedIndex, long nowNanos) {
    if (proposedIndex != 0 && appliedIndex >= proposedIndex) {
      proposedIndex = 0;
      notBeforeNanos = same(wanted, wake) ? nowNanos + REPEAT_NANOS : Long.MIN_VALUE;
    }
    wanted = wake;
  }

  /** Whoever leads now knows nothing of a proposal made before. */
  void forgetProposal() {
    proposedIndex = 0;
    notBeforeNanos = Long.MIN_VALUE;
  }

  /** The command to propose now, if one is due. */
  Optional<byte[]> due(long nowNanos, long stampMillis) {
    if (wanted.isEmpty() || proposedIndex != 0 || nowNanos < notBeforeNanos) {
      return Optional.empty();
    }
    Wake wake = wanted.get();
    return wake.atMillis() <= stampMillis ? Optional.of(wake.command()) : Optional.empty();
  }

  void proposed(long index) {
    proposedIndex = index;
  }

  /** It was refused: try again after a while. */
  void refused(long nowNanos) {
    notBeforeNanos = nowNanos + REPEAT_NANOS;
  }

  long nextDeadlineNanos(long nowNanos, long stampMillis) {
    if (wanted.isEmpty() || proposedIndex != 0) {
      return Long.MAX_VALUE;
    }
    long millis = Math.max(0, wanted.get().atMillis() - stampMillis);
    long nanos = Math.min(LOOK_AGAIN_NANOS, Math.min(millis, 60_000) * NANOS_PER_MILLI);
    return Math.max(notBeforeNanos, nowNanos + nanos);
  }

  private static boolean same(Optional<Wake> one, Optional<Wake> other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one.isEmpty() && other.isEmpty();
    }
    return one.get().atMillis() == other.get().atMillis()
        && Arrays.equals(one.get().command(), other.get().command());
  }
}
