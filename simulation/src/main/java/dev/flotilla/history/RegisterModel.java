package dev.flotilla.history;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One key with put, get, delete and their conditions. Revisions of a key strictly grow with every
 * write and delete; they need not be dense, because the keys of a slot share a counter.
 *
 * <p>After a write that nobody saw the answer of, its revision is known only by its lower bound.
 * The first answer that shows it fixes it. Keeping the lowest possible number is exact: numbers may
 * be skipped, so a later revision fits some choice if and only if it fits the lowest one.
 */
final class RegisterModel implements Model<RegisterModel.State> {

  /**
   * @param value null when the key is absent
   * @param exact whether the revision is the key's own, or the least it can be
   * @param revision of the last write; of an absent key the least that its last delete can have
   */
  record State(@Nullable String value, boolean exact, long revision) {
    boolean present() {
      return value != null;
    }

    boolean admits(long shown) {
      return present() && (exact ? shown == revision : shown >= revision);
    }
  }

  private static final long IMPOSSIBLE = -1;

  @Override
  public State initial() {
    return new State(null, false, 0);
  }

  @Override
  public @Nullable State answered(State state, Action action, Answer answer) {
    return switch (action) {
      case Action.Put put ->
          switch (answer) {
            case Answer.Written written -> written(state, put.value(), put.condition(), written);
            case Answer.ConditionFailed failed -> failed(state, put.condition(), failed.revision());
            default -> throw Model.stranger(answer);
          };
      case Action.Delete delete ->
          switch (answer) {
            case Answer.Written written when written.existed() ->
                written(state, null, delete.condition(), written);
            case Answer.Written written -> foundNothing(state, delete, written) ? state : null;
            case Answer.ConditionFailed failed ->
                failed(state, delete.condition(), failed.revision());
            default -> throw Model.stranger(answer);
          };
      case Action.Get _ ->
          switch (answer) {
            case Answer.Found found ->
                found.value().equals(state.value()) && state.admits(found.revision())
                    ? new State(state.value(), true, found.revision())
                    : null;
            case Answer.Absent _ -> state.present() ? null : state;
            default -> throw Model.stranger(answer);
          };
      default -> throw Model.stranger(action);
    };
  }

  @Override
  public @Nullable State unanswered(State state, Action action) {
    return switch (action) {
      case Action.Put put -> {
        long before = revisionBefore(state, put.condition());
        yield before == IMPOSSIBLE ? null : new State(put.value(), false, before + 1);
      }
      case Action.Delete delete -> {
        long before = state.present() ? revisionBefore(state, delete.condition()) : IMPOSSIBLE;
        yield before == IMPOSSIBLE ? null : new State(null, false, before + 1);
      }
      default -> throw Model.stranger(action);
    };
  }

  @Override
  public long rank(State state) {
    return state.revision();
  }

  @Override
  public long rank(Answer answer) {
    long shown =
        switch (answer) {
          case Answer.Written written -> written.revision();
          case Answer.ConditionFailed failed -> failed.revision();
          case Answer.Found found -> found.revision();
          case Answer.Absent _, Answer.Done _, Answer.Listed _ -> 0;
        };
    return shown == 0 ? UNRANKED : shown; // an absent key has no revision to show
  }

  @Override
  public boolean covers(State state, State other) {
    return Objects.equals(state.value(), other.value())
        && (state.exact()
            ? other.exact() && state.revision() == other.revision()
            : state.revision() <= other.revision());
  }

  private static boolean foundNothing(State state, Action.Delete delete, Answer.Written written) {
    return !state.present()
        && written.revision() == 0
        && (delete.condition() instanceof Condition.None
            || delete.condition() instanceof Condition.Absent);
  }

  /**
   * @param value null for a delete of what was there
   */
  private static @Nullable State written(
      State state, @Nullable String value, Condition condition, Answer.Written written) {
    long before = revisionBefore(state, condition);
    boolean fits =
        before != IMPOSSIBLE && written.existed() == state.present() && written.revision() > before;
    return fits ? new State(value, value != null, written.revision()) : null;
  }

  /** The key's last revision if the condition holds, as low as it can be. */
  private static long revisionBefore(State state, Condition condition) {
    return switch (condition) {
      case Condition.None _ -> state.revision();
      case Condition.Absent _ -> state.present() ? IMPOSSIBLE : state.revision();
      case Condition.Present _ -> state.present() ? state.revision() : IMPOSSIBLE;
      case Condition.RevisionIs is -> state.admits(is.revision()) ? is.revision() : IMPOSSIBLE;
    };
  }

  private static @Nullable State failed(State state, Condition condition, long shown) {
    boolean present = shown != 0;
    boolean fails =
        switch (condition) {
          case Condition.None _ -> false;
          case Condition.Absent _ -> present;
          case Condition.Present _ -> !present;
          case Condition.RevisionIs is -> !present || is.revision() != shown;
        };
    if (!fails) {
      return null;
    }
    if (!present) {
      return state.present() ? null : state;
    }
    return state.admits(shown) ? new State(state.value(), true, shown) : null;
  }
}
