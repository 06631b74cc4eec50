package dev.flotilla.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * The checker against a search so plain that it cannot be wrong, and against what is legal by
 * construction.
 */
class CheckerPropertyTest {
  private static final long SEED = 20_260_101;

  private final LinearizabilityChecker checker =
      new LinearizabilityChecker(LinearizabilityChecker.Budget.DEFAULT);

  @Test
  void agreesWithTryingEveryOrderOnThousandsOfSmallHistories() {
    SplittableRandom seeds = new SplittableRandom(SEED);
    int illegal = 0;
    for (int i = 0; i < 6_000; i++) {
      long seed = seeds.nextLong();
      SplittableRandom random = new SplittableRandom(seed);
      RandomHistories histories = new RandomHistories(random);
      List<Operation> operations =
          histories.legal(random.nextInt(1, 5), random.nextInt(2, 8), random.nextInt(0, 50));
      int mutations = random.nextInt(0, 3);
      for (int mutation = 0; mutation < mutations; mutation++) {
        operations = histories.mutated(operations);
      }
      boolean legal = BruteForce.isLegal(operations);
      Verdict verdict = checker.check(new History(operations));
      assertThat(verdict.passed())
          .as("seed %d: %s%n%s", seed, verdict, operations)
          .isEqualTo(legal);
      assertThat(verdict).isNotInstanceOf(Verdict.BudgetExceeded.class);
      if (mutations == 0) {
        assertThat(legal).as("seed %d", seed).isTrue();
      }
      illegal += legal ? 0 : 1;
    }
    // Both verdicts are met often enough to be worth comparing.
    assertThat(illegal).isBetween(1_000, 5_000);
  }

  @Test
  void explanationsAreViolationsOfTheirOwn() {
    SplittableRandom seeds = new SplittableRandom(SEED + 1);
    int explained = 0;
    for (int i = 0; i < 1_500; i++) {
      SplittableRandom random = new SplittableRandom(seeds.nextLong());
      RandomHistories histories = new RandomHistories(random);
      List<Operation> whole = histories.mutated(histories.legal(3, 7, 20));
      if (checker.check(new History(whole)) instanceof Verdict.Violation violation) {
        explained++;
        List<Integer> kept = violation.because().stream().map(Operation::id).toList();
        List<Operation> forgotten =
            whole.stream()
                .map(operation -> kept.contains(operation.id()) ? operation : operation.opened())
                .toList();
        assertThat(BruteForce.isLegal(forgotten)).as(violation.explanation()).isFalse();
        assertThat(violation.because()).contains(violation.culprit());
      }
    }
    assertThat(explained).isGreaterThan(500);
  }

  @Test
  void longRunsOfEightClientsPassAndTheirMutationsMostlyDoNot() {
    SplittableRandom seeds = new SplittableRandom(SEED + 2);
    int caught = 0;
    int runs = 60;
    for (int i = 0; i < runs; i++) {
      long seed = seeds.nextLong();
      RandomHistories histories = new RandomHistories(new SplittableRandom(seed));
      List<Operation> legal = histories.legal(8, 400, 3);
      assertThat(checker.check(new History(legal)))
          .as("seed %d", seed)
          .isInstanceOf(Verdict.Linearizable.class);
      Verdict mutated = checker.check(new History(histories.mutated(legal)));
      caught += mutated.passed() ? 0 : 1;
    }
    assertThat(caught).isGreaterThan(runs * 7 / 10);
  }
}
