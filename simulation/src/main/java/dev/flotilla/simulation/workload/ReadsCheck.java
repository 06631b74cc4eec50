package dev.flotilla.simulation.workload;

import dev.flotilla.balancer.routing.KvAnswer;
import dev.flotilla.simulation.world.Violation;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A read sees every write that was acknowledged before it began. The history's judge would find it
 * too, but only at the end of the run; this one says so when it happens.
 */
final class ReadsCheck {
  /** What was known when an operation began. */
  record Since(long revision, long term) {}

  private final Consumer<Violation> report;
  private final Map<String, Since> newest = new HashMap<>();

  ReadsCheck(Consumer<Violation> report) {
    this.report = report;
  }

  Since begin(String key) {
    return newest.getOrDefault(key, new Since(0, 0));
  }

  void answered(String key, Since since, KvAnswer answer) {
    long revision =
        switch (answer) {
          case KvAnswer.Written written -> written.revision();
          case KvAnswer.Found found -> found.revision();
          case KvAnswer.ConditionFailed failed -> failed.revision();
          default -> 0;
        };
    // A deleted key has none: that is for the history to judge.
    if (revision > 0 && revision < since.revision()) {
      report.accept(
          new Violation(
              "reads see what was acknowledged before",
              "%s: %s, although revision %d was known before it began"
                  .formatted(key, answer, since.revision())));
    }
    newest.merge(
        key,
        new Since(revision, answer.term()),
        (one, two) ->
            new Since(Math.max(one.revision(), two.revision()), Math.max(one.term(), two.term())));
  }
}
