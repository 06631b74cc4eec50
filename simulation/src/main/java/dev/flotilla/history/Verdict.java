package dev.flotilla.history;

import java.util.List;

/** What the checker says of a run. Only {@link Linearizable} is a pass. */
public sealed interface Verdict {

  default boolean passed() {
    return this instanceof Linearizable;
  }

  /**
   * Every key's answers can be explained.
   *
   * @param steps of all searches
   */
  record Linearizable(int keys, int operations, long steps) implements Verdict {}

  /**
   * No order explains the answers on this key.
   *
   * @param culprit the first answer, by the time it came, that cannot be explained
   * @param because the answers that together with it cannot be explained, as few as were found, in
   *     the order of calls; the culprit is among them
   * @param explanation all of it, for people
   */
  record Violation(String key, Operation culprit, List<Operation> because, String explanation)
      implements Verdict {
    public Violation {
      because = List.copyOf(because);
    }
  }

  /**
   * The search was given up: nobody knows, and a run that nobody can vouch for has failed.
   *
   * @param keys those left undecided
   * @param steps of the last round, for each key
   */
  record BudgetExceeded(List<String> keys, long steps) implements Verdict {
    public BudgetExceeded {
      keys = List.copyOf(keys);
    }
  }
}
