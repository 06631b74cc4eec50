package dev.flotilla.history;

import org.jspecify.annotations.Nullable;

/**
 * An object as it would be if it did one thing at a time.
 *
 * @param <S> its state: immutable, with equality by content
 */
sealed interface Model<S> permits RegisterModel, SetModel, ListModel {

  S initial();

  /**
   * The state after an operation that was answered.
   *
   * @return null when the object in this state would not have answered so
   */
  @Nullable S answered(S state, Action action, Answer answer);

  /**
   * The state after a command whose answer nobody knows.
   *
   * @return null when it would change nothing, which is as good as never having happened
   */
  @Nullable S unanswered(S state, Action action);

  /**
   * A number that no operation makes smaller. With it the search sees early that an answer which
   * shows a lower one came too late.
   */
  long rank(S state);

  /**
   * The rank the state has at the moment of such an answer.
   *
   * @return {@link #UNRANKED} when the answer does not show it
   */
  long rank(Answer answer);

  /** Of answers that show no rank. */
  long UNRANKED = Long.MAX_VALUE;

  /** Whether whatever can follow the other state can follow this one too. */
  boolean covers(S state, S other);

  /** The model of the objects that take such actions. */
  static Model<?> of(Action action) {
    return switch (action) {
      case Action.Put _, Action.Delete _, Action.Get _ -> new RegisterModel();
      case Action.Add _, Action.Members _ -> new SetModel();
      case Action.Append _, Action.Elements _ -> new ListModel();
    };
  }

  /** An action or answer of another kind of object: a fault of the recording, not of the run. */
  static IllegalArgumentException stranger(Object what) {
    return new IllegalArgumentException("does not belong to this kind of object: " + what);
  }
}
