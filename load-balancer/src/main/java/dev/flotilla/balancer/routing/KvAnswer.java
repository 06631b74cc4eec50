package dev.flotilla.balancer.routing;

import com.google.protobuf.ByteString;
import java.util.List;

/** How a request ended. */
public sealed interface KvAnswer {
  /** The group that answered or was asked; 0 when it did not come to that. */
  int group();

  /** The term of the leader that answered; of the newest one known when none did; 0 = none. */
  long term();

  /** What became of the request. */
  Outcome outcome();

  /**
   * A put or delete took effect.
   *
   * @param revision of the key after it
   * @param existed the key was present before
   */
  record Written(int group, long term, long revision, boolean existed) implements KvAnswer {
    @Override
    public Outcome outcome() {
      return Outcome.APPLIED;
    }
  }

  /**
   * The precondition did not hold, so that nothing happened.
   *
   * @param revision the key's, 0 when absent
   */
  record ConditionFailed(int group, long term, long revision) implements KvAnswer {
    @Override
    public Outcome outcome() {
      return Outcome.NOT_APPLIED;
    }
  }

  /**
   * The key is present.
   *
   * @param value empty when the request left it out
   * @param expiresAtMillis on the group's clock, 0 = never
   * @param clockMillis the group's clock
   */
  record Found(
      int group, long term, long revision, ByteString value, long expiresAtMillis, long clockMillis)
      implements KvAnswer {
    @Override
    public Outcome outcome() {
      return Outcome.APPLIED;
    }
  }

  /** The key is absent. */
  record Absent(int group, long term) implements KvAnswer {
    @Override
    public Outcome outcome() {
      return Outcome.APPLIED;
    }
  }

  /**
   * Some keys of one group.
   *
   * @param more whether more may follow {@code next}
   */
  record Keys(int group, long term, List<Key> keys, boolean more, ScanPosition next)
      implements KvAnswer {
    @Override
    public Outcome outcome() {
      return Outcome.APPLIED;
    }
  }

  /**
   * @param expiresAtMillis on the group's clock, 0 = never
   */
  record Key(ByteString name, long revision, long sizeBytes, long expiresAtMillis) {}

  /**
   * No answer of the state machine.
   *
   * @param outcome never {@link Outcome#APPLIED}
   * @param message one plain sentence
   */
  record Failed(int group, long term, FailureCode code, Outcome outcome, String message)
      implements KvAnswer {}
}
