package dev.flotilla.history;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tries every order of a register's operations, without memo, without order of trial, and with
 * every revision an open write may have had: slow, obvious, and written apart from what it is
 * compared with.
 */
final class BruteForce {
  private final List<Operation> operations;
  private final boolean[] placed;
  private final long highest;

  private BruteForce(List<Operation> operations) {
    this.operations = operations;
    this.placed = new boolean[operations.size()];
    long shown = 0;
    for (Operation operation : operations) {
      if (operation.outcome() instanceof Outcome.Ok ok) {
        shown =
            Math.max(
                shown,
                switch (ok.answer()) {
                  case Answer.Written written -> written.revision();
                  case Answer.ConditionFailed failed -> failed.revision();
                  case Answer.Found found -> found.revision();
                  default -> 0;
                });
      }
      if (operation.action() instanceof Action.Put put
          && put.condition() instanceof Condition.RevisionIs is) {
        shown = Math.max(shown, is.revision());
      }
    }
    this.highest = shown + operations.size() + 1;
  }

  static boolean isLegal(List<Operation> operations) {
    List<Operation> relevant =
        operations.stream()
            .filter(operation -> !(operation.outcome() instanceof Outcome.Refused))
            .filter(operation -> !(operation.isOpen() && operation.action().isRead()))
            .toList();
    return new BruteForce(relevant).search(null, 0, 0);
  }

  private boolean search(@Nullable String value, long revision, long counter) {
    boolean complete = true;
    for (int i = 0; i < placed.length; i++) {
      complete &= placed[i] || operations.get(i).isOpen();
    }
    if (complete) {
      return true;
    }
    for (int i = 0; i < placed.length; i++) {
      if (!placed[i] && nothingReturnedBefore(operations.get(i))) {
        placed[i] = true;
        boolean found = place(operations.get(i), value, revision, counter);
        placed[i] = false;
        if (found) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean nothingReturnedBefore(Operation candidate) {
    for (int i = 0; i < placed.length; i++) {
      if (!placed[i] && operations.get(i).returnNanos() < candidate.callNanos()) {
        return false;
      }
    }
    return true;
  }

  private boolean place(Operation operation, @Nullable String value, long revision, long counter) {
    Answer answer = operation.outcome() instanceof Outcome.Ok ok ? ok.answer() : null;
    if (operation.action() instanceof Action.Get) {
      Answer right = value == null ? new Answer.Absent() : new Answer.Found(value, revision);
      return right.equals(answer) && search(value, revision, counter);
    }
    Condition condition =
        operation.action() instanceof Action.Put put
            ? put.condition()
            : ((Action.Delete) operation.action()).condition();
    boolean holds =
        switch (condition) {
          case Condition.None _ -> true;
          case Condition.Absent _ -> value == null;
          case Condition.Present _ -> value != null;
          case Condition.RevisionIs is -> value != null && revision == is.revision();
        };
    if (!holds) {
      boolean told =
          answer == null || answer.equals(new Answer.ConditionFailed(value == null ? 0 : revision));
      return told && search(value, revision, counter);
    }
    String next = operation.action() instanceof Action.Put put ? put.value() : null;
    if (next == null && value == null) {
      boolean told = answer == null || answer.equals(new Answer.Written(0, false));
      return told && search(null, 0, counter);
    }
    for (long taken = counter + 1; taken <= highest; taken++) {
      boolean told = answer == null || answer.equals(new Answer.Written(taken, value != null));
      if (told && search(next, next == null ? 0 : taken, taken)) {
        return true;
      }
    }
    return false;
  }
}
