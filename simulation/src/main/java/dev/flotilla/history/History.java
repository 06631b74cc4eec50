package dev.flotilla.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Operations by key, in the order of their calls. Holds only what constrains or explains an answer:
 * refused operations changed nothing, and reads without an answer say nothing, so neither is kept.
 */
public final class History {
  private final Map<String, List<Operation>> byKey = new TreeMap<>();
  private final int size;

  /**
   * @throws IllegalArgumentException when a process does two things at once, goes on after an open
   *     operation, or a value is written twice: such a history proves nothing
   */
  public History(List<Operation> operations) {
    List<Operation> ordered = new ArrayList<>(operations);
    ordered.sort(Comparator.comparingLong(Operation::callNanos).thenComparing(Operation::id));
    rejectOverlaps(ordered);
    int kept = 0;
    for (Operation operation : ordered) {
      boolean silent =
          operation.outcome() instanceof Outcome.Refused
              || (operation.isOpen() && operation.action().isRead());
      if (!silent) {
        byKey.computeIfAbsent(operation.key(), _ -> new ArrayList<>()).add(operation);
        kept++;
      }
    }
    byKey.forEach(History::rejectRepeatedValues);
    size = kept;
  }

  /** Keys, ascending, with their operations in the order of calls. */
  public Map<String, List<Operation>> byKey() {
    return byKey;
  }

  /** How many operations take part in the judgement. */
  public int size() {
    return size;
  }

  private static void rejectOverlaps(List<Operation> ordered) {
    Map<Integer, Long> freeAtNanos = new HashMap<>();
    for (Operation operation : ordered) {
      Long free = freeAtNanos.put(operation.process(), operation.returnNanos());
      if (free != null && operation.callNanos() < free) {
        throw new IllegalArgumentException(
            "process " + operation.process() + " did two things at once: " + operation);
      }
    }
  }

  private static void rejectRepeatedValues(String key, List<Operation> operations) {
    Set<String> seen = new HashSet<>();
    for (Operation operation : operations) {
      String written =
          switch (operation.action()) {
            case Action.Put put -> put.value();
            case Action.Add add -> add.element();
            case Action.Append append -> append.element();
            case Action.Delete _, Action.Get _, Action.Members _, Action.Elements _ -> null;
          };
      if (written != null && !seen.add(written)) {
        throw new IllegalArgumentException(key + " is given " + written + " twice");
      }
    }
  }
}
