package dev.flotilla.history;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list that only grows at its end; every element is appended by one operation. So every answer
 * shows a prefix of every later one.
 */
final class ListModel implements Model<List<String>> {

  @Override
  public List<String> initial() {
    return List.of();
  }

  @Override
  public @Nullable List<String> answered(List<String> state, Action action, Answer answer) {
    return switch (action) {
      case Action.Append append when answer instanceof Answer.Done -> with(state, append.element());
      case Action.Elements _ when answer instanceof Answer.Listed listed ->
          listed.elements().equals(state) ? state : null;
      default -> throw Model.stranger(action + " -> " + answer);
    };
  }

  @Override
  public List<String> unanswered(List<String> state, Action action) {
    return switch (action) {
      case Action.Append append -> with(state, append.element());
      default -> throw Model.stranger(action);
    };
  }

  @Override
  public long rank(List<String> state) {
    return state.size();
  }

  @Override
  public long rank(Answer answer) {
    return answer instanceof Answer.Listed listed ? listed.elements().size() : UNRANKED;
  }

  @Override
  public boolean covers(List<String> state, List<String> other) {
    return state.equals(other);
  }

  private static List<String> with(List<String> state, String element) {
    List<String> next = new ArrayList<>(state.size() + 1);
    next.addAll(state);
    next.add(element);
    return List.copyOf(next);
  }
}
