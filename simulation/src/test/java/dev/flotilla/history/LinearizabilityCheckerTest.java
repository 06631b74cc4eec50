package dev.flotilla.history;

import static dev.flotilla.history.Told.created;
import static dev.flotilla.history.Told.found;
import static dev.flotilla.history.Told.get;
import static dev.flotilla.history.Told.put;
import static dev.flotilla.history.Told.replaced;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinearizabilityCheckerTest {
  private static final LinearizabilityChecker CHECKER =
      new LinearizabilityChecker(LinearizabilityChecker.Budget.DEFAULT);

  @Test
  void aViolationNamesTheAnswerThatCannotBeAndTheFewThatForbidIt() {
    Told told = Told.nothing();
    for (int i = 1; i <= 50; i++) {
      Answer written = i == 1 ? created(1) : replaced(i);
      told.ok(20 * i, 20 * i + 9, put("v" + i), written);
      told.ok(20 * i + 10, 20 * i + 19, get(), found("v" + i, i));
    }
    told.ok(2_000, 2_010, get(), found("v49", 49));
    told.ok(2_020, 2_030, get(), found("v50", 50));
    Verdict verdict = CHECKER.check(told.history());
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Violation.class,
            violation -> {
              assertThat(violation.culprit().id()).isEqualTo(101);
              assertThat(violation.because()).hasSize(2);
              assertThat(violation.explanation())
                  .contains("no order explains the answer")
                  .contains("get -> found v49 @49")
                  .doesNotContain("v48");
            });
  }

  /** A set with so many open adds that every one of their subsets would have to be tried. */
  private static List<Operation> hard(String key) {
    List<Operation> operations = new ArrayList<>();
    for (int i = 1; i <= 24; i++) {
      operations.add(
          new Operation(i, i, key, new Action.Add("x" + i), 0, Operation.NEVER, Outcome.OPEN));
    }
    Answer impossible = Told.listed("x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "nobody's");
    operations.add(
        new Operation(30, 30, key, new Action.Members(), 10, 20, new Outcome.Ok(impossible)));
    return operations;
  }

  @Test
  void aSearchThatIsGivenUpIsNotAPass() {
    Verdict verdict =
        new LinearizabilityChecker(new LinearizabilityChecker.Budget(10, 10, 3))
            .check(new History(hard("k")));
    assertThat(verdict).isEqualTo(new Verdict.BudgetExceeded(List.of("k"), 1_000));
    assertThat(verdict.passed()).isFalse();
  }

  @Test
  void aViolationOnAnEasyKeyIsFoundBeforeAHardKeyEatsTheBudget() {
    List<Operation> operations = hard("a-hard");
    operations.add(
        new Operation(31, 31, "b-easy", get(), 10, 20, new Outcome.Ok(found("none", 99))));
    assertThat(CHECKER.check(new History(operations)))
        .isInstanceOfSatisfying(
            Verdict.Violation.class, violation -> assertThat(violation.key()).isEqualTo("b-easy"));
  }

  @Test
  void openWritesThatNobodySawCostNoSearch() {
    Told told = Told.nothing();
    for (int i = 1; i <= 60; i++) {
      told.open(30 * i, put("lost" + i));
      told.ok(30 * i + 10, 30 * i + 15, put("v" + i), i == 1 ? created(1) : replaced(3 * i));
      told.ok(30 * i + 20, 30 * i + 25, get(), found("v" + i, i == 1 ? 1 : 3 * i));
    }
    assertThat(CHECKER.check(told.history()))
        .isInstanceOfSatisfying(
            Verdict.Linearizable.class, all -> assertThat(all.steps()).isLessThan(1_000));
  }

  @Test
  void theSameHistoryAlwaysGetsTheSameVerdict() {
    Told told =
        Told.nothing()
            .ok(0, 10, put("a"), created(1))
            .open(5, put("b"))
            .ok(20, 30, get(), found("a", 1));
    assertThat(CHECKER.check(told.history())).isEqualTo(CHECKER.check(told.history()));
  }

  @Test
  void historiesThatProveNothingAreRefused() {
    Operation first = new Operation(1, 1, "k", get(), 0, 10, new Outcome.Ok(new Answer.Absent()));
    Operation second = new Operation(2, 1, "k", get(), 5, 15, new Outcome.Ok(new Answer.Absent()));
    assertThatThrownBy(() -> new History(List.of(first, second)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two things at once");
    Told twice = Told.nothing().open(0, put("a")).ok(5, 6, put("a"), created(1));
    assertThatThrownBy(twice::history)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("twice");
    Told mixed =
        Told.nothing()
            .ok(0, 1, put("a"), created(1))
            .ok(2, 3, new Action.Members(), Told.listed("a"));
    assertThatThrownBy(() -> CHECKER.check(mixed.history()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("does not belong to this kind of object");
  }
}
