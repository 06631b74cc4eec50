package dev.flotilla.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The ledger of a run: elements that are each written by one operation, and what their writers were
 * told. At the end of the run everything is read once and compared. The plain form of the set
 * workload: it takes millions of elements where a search takes hundreds. Safe for several threads.
 */
public final class WriteLedger {
  private enum Told {
    OK,
    REFUSED,
    OPEN
  }

  private final Map<String, Told> told = new TreeMap<>();

  /**
   * @param lost acknowledged and not there
   * @param doubled there more than once
   * @param revived there though its writer was told that it would not be
   * @param strange there though nobody ever wrote it
   */
  public record Findings(
      int acked,
      List<String> lost,
      List<String> doubled,
      List<String> revived,
      List<String> strange) {
    public boolean clean() {
      return lost.isEmpty() && doubled.isEmpty() && revived.isEmpty() && strange.isEmpty();
    }
  }

  /** Its writer was told that it is there. */
  public void acked(String element) {
    tell(element, Told.OK);
  }

  /** Its writer was told that it will never be there. */
  public void refused(String element) {
    tell(element, Told.REFUSED);
  }

  /** Its writer does not know. */
  public void open(String element) {
    tell(element, Told.OPEN);
  }

  private synchronized void tell(String element, Told what) {
    if (told.put(element, what) != null) {
      throw new IllegalArgumentException(element + " was written twice");
    }
  }

  /** Everything that was ever tried, ascending. */
  public synchronized List<String> elements() {
    return List.copyOf(told.keySet());
  }

  public synchronized int ackedCount() {
    return (int) told.values().stream().filter(Told.OK::equals).count();
  }

  /**
   * @param times how often each element is there now; those left out are not there
   */
  public synchronized Findings judge(Map<String, Integer> times) {
    List<String> lost = new ArrayList<>();
    List<String> doubled = new ArrayList<>();
    List<String> revived = new ArrayList<>();
    List<String> strange = new ArrayList<>();
    told.forEach((element, what) -> {
      int there = times.getOrDefault(element, 0);
      if (there > 1) {
        doubled.add(element);
      }
      if (there == 0 && what == Told.OK) {
        lost.add(element);
      }
      if (there > 0 && what == Told.REFUSED) {
        revived.add(element);
      }
    });
    new TreeMap<>(times)
        .forEach((element, there) -> {
          if (there > 0 && !told.containsKey(element)) {
            strange.add(element);
          }
        });
    return new Findings(ackedCount(), lost, doubled, revived, strange);
  }
}
