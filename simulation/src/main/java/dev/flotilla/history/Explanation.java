package dev.flotilla.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes a violation small enough to read. Both ways of shrinking only take knowledge away, so what
 * is left is a violation of the run itself, never an artefact:
 *
 * <ul>
 *   <li>time is cut at the first answer that cannot be explained any more (a prefix of a
 *       linearizable history is linearizable);
 *   <li>answers are forgotten, one after the other, as long as it stays impossible: their commands
 *       become open, and their reads go.
 * </ul>
 */
final class Explanation {
  private static final long MAX_STEPS_OF_A_TRIAL = 20_000;
  private static final long MAX_STEPS_OF_ALL_TRIALS = 500_000;

  private final String key;
  private final List<Operation> operations;
  private final long maxSteps;
  private long trialSteps;

  /**
   * @param operations a violation, found with at most so many steps
   */
  Explanation(String key, List<Operation> operations, long maxSteps) {
    this.key = key;
    this.operations = operations;
    this.maxSteps = maxSteps;
  }

  Verdict.Violation violation() {
    List<Operation> byReturn =
        operations.stream()
            .filter(operation -> !operation.isOpen())
            .sorted(Comparator.comparingLong(Operation::returnNanos))
            .toList();
    int low = 0;
    int high = byReturn.size() - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (isImpossible(until(byReturn.get(middle).returnNanos()), maxSteps)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    Operation culprit = byReturn.get(high);
    List<Operation> all = until(culprit.returnNanos());
    trialSteps = 0;
    List<Operation> few = forget(all, culprit);
    List<Operation> because = few.stream().filter(operation -> !operation.isOpen()).toList();
    return new Verdict.Violation(key, culprit, because, text(all, few, culprit));
  }

  /** The history as it was known at that moment. */
  private List<Operation> until(long nanos) {
    List<Operation> known = new ArrayList<>();
    for (Operation operation : operations) {
      if (operation.callNanos() <= nanos) {
        forgetUnless(operation.returnNanos() <= nanos, operation, known);
      }
    }
    return known;
  }

  private static void forgetUnless(boolean known, Operation operation, List<Operation> into) {
    if (known) {
      into.add(operation);
    } else if (!operation.action().isRead()) {
      into.add(operation.opened());
    }
  }

  /** Halves first, then ever smaller pieces, so that a long history needs few trials. */
  private List<Operation> forget(List<Operation> all, Operation culprit) {
    List<Operation> few = all;
    for (int piece = Math.max(1, all.size() / 2); ; piece /= 2) {
      for (int from = 0; from < all.size(); from += piece) {
        List<Operation> fewer =
            without(few, all.subList(from, Math.min(all.size(), from + piece)), culprit);
        if (isImpossible(fewer, allowance())) {
          few = fewer;
        }
      }
      if (piece == 1) {
        return few;
      }
    }
  }

  private static List<Operation> without(
      List<Operation> few, List<Operation> piece, Operation culprit) {
    Set<Integer> gone = new HashSet<>();
    piece.forEach(operation -> gone.add(operation.id()));
    gone.remove(culprit.id());
    List<Operation> fewer = new ArrayList<>();
    for (Operation operation : few) {
      forgetUnless(!gone.contains(operation.id()), operation, fewer);
    }
    return fewer;
  }

  private long allowance() {
    return Math.min(MAX_STEPS_OF_A_TRIAL, MAX_STEPS_OF_ALL_TRIALS - trialSteps);
  }

  private boolean isImpossible(List<Operation> operations, long maxSteps) {
    Search<?> search = new Search<>(Model.of(operations.getFirst().action()), operations);
    Search.Result result = search.run(maxSteps);
    trialSteps += Math.min(search.steps(), maxSteps);
    return result == Search.Result.IMPOSSIBLE;
  }

  private String text(List<Operation> all, List<Operation> few, Operation culprit) {
    long origin = all.getFirst().callNanos();
    StringBuilder text = new StringBuilder(512);
    text.append("not linearizable: key ").append(key).append("; no order explains the answer\n");
    text.append("  ").append(culprit.describe(origin)).append('\n');
    text.append("together with (milliseconds of call and return)\n");
    for (Operation operation : few) {
      if (!operation.isOpen() && operation.id() != culprit.id()) {
        text.append("  ").append(operation.describe(origin)).append('\n');
      }
    }
    long maybe = few.stream().filter(Operation::isOpen).count();
    text.append("whatever became of ")
        .append(maybe)
        .append(maybe == 1 ? " other command" : " other commands")
        .append(" that may or may not have taken effect by then; ")
        .append(all.size())
        .append(" operations until then in all");
    return text.toString();
  }
}
