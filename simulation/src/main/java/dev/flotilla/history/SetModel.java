package dev.flotilla.history;

import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A set that only grows; every element is added by one operation. */
final class SetModel implements Model<SortedSet<String>> {

  @Override
  public SortedSet<String> initial() {
    return new TreeSet<>();
  }

  @Override
  public @Nullable SortedSet<String> answered(
      SortedSet<String> state, Action action, Answer answer) {
    return switch (action) {
      case Action.Add add when answer instanceof Answer.Done -> with(state, add.element());
      case Action.Members _ when answer instanceof Answer.Listed listed ->
          listed.elements().size() == state.size() && state.containsAll(listed.elements())
              ? state
              : null;
      default -> throw Model.stranger(action + " -> " + answer);
    };
  }

  @Override
  public SortedSet<String> unanswered(SortedSet<String> state, Action action) {
    return switch (action) {
      case Action.Add add -> with(state, add.element());
      default -> throw Model.stranger(action);
    };
  }

  @Override
  public long rank(SortedSet<String> state) {
    return state.size();
  }

  @Override
  public long rank(Answer answer) {
    return answer instanceof Answer.Listed listed ? listed.elements().size() : UNRANKED;
  }

  @Override
  public boolean covers(SortedSet<String> state, SortedSet<String> other) {
    return state.equals(other);
  }

  private static SortedSet<String> with(SortedSet<String> state, String element) {
    SortedSet<String> next = new TreeSet<>(state);
    next.add(element);
    return next;
  }
}
