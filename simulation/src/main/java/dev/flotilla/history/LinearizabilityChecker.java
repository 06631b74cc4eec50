package dev.flotilla.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Judges a history key by key, in rounds: every key gets a small budget of steps first, and those
 * that need more get more. An easy violation is so found before a hard key eats the time.
 */
public final class LinearizabilityChecker {

  /**
   * How much a search may cost; a step is one try to place one operation, and keeps at most about a
   * hundred bytes.
   *
   * @param firstSteps of each key in the first round
   * @param growth of the budget from round to round
   */
  public record Budget(long firstSteps, int growth, int rounds) {
    public static final Budget DEFAULT = new Budget(20_000, 10, 3);

    public Budget {
      if (firstSteps < 1 || growth < 2 || rounds < 1) {
        throw new IllegalArgumentException("a budget that allows nothing");
      }
    }
  }

  private final Budget budget;

  public LinearizabilityChecker(Budget budget) {
    this.budget = budget;
  }

  public Verdict check(History history) {
    List<Map.Entry<String, List<Operation>>> undecided =
        new ArrayList<>(history.byKey().entrySet());
    long steps = 0;
    long maxSteps = budget.firstSteps();
    for (int round = 0; round < budget.rounds(); round++) {
      if (round > 0) {
        maxSteps *= budget.growth();
      }
      List<Map.Entry<String, List<Operation>>> later = new ArrayList<>();
      for (Map.Entry<String, List<Operation>> key : undecided) {
        List<Operation> operations = key.getValue();
        Search<?> search = new Search<>(Model.of(operations.getFirst().action()), operations);
        Search.Result result = search.run(maxSteps);
        steps += search.steps();
        switch (result) {
          case EXPLAINED -> {}
          case IMPOSSIBLE -> {
            return new Explanation(key.getKey(), operations, maxSteps).violation();
          }
          case GIVEN_UP -> later.add(key);
        }
      }
      undecided = later;
    }
    return undecided.isEmpty()
        ? new Verdict.Linearizable(history.byKey().size(), history.size(), steps)
        : new Verdict.BudgetExceeded(undecided.stream().map(Map.Entry::getKey).toList(), maxSteps);
  }
}
