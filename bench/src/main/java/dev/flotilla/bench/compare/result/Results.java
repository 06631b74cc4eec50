package dev.flotilla.bench.compare.result;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** All of a run, and the questions a page asks of it. */
public record Results(Head head, List<Entry> entries) {

  public Results {
    entries = List.copyOf(entries);
  }

  /** Names of the systems that were measured, in the order of their first turns. */
  public Set<String> systems() {
    Set<String> names = new LinkedHashSet<>();
    entries.forEach(entry -> names.add(entry.system()));
    return names;
  }

  /** The numbers of outstanding operations that were measured, ascending. */
  public List<Integer> outstanding() {
    return entries.stream()
        .map(entry -> entry.measured().cell().outstanding())
        .distinct()
        .sorted()
        .toList();
  }

  /** A figure of one cell over all rounds; empty when it was not measured. */
  public Optional<Spread> figure(String system, Cell cell, ToDoubleFunction<Measured> figure) {
    List<Double> values =
        of(system, cell).stream().map(entry -> figure.applyAsDouble(entry.measured())).toList();
    return values.isEmpty() ? Optional.empty() : Optional.of(Spread.of(values));
  }

  /**
   * How many times the figure of one cell is that of another, each round by itself: what drifts
   * from round to round falls out. Empty when no round has both.
   */
  public Optional<Spread> ratio(
      String system, Cell cell, String other, Cell otherCell, ToDoubleFunction<Measured> figure) {
    TreeMap<Integer, Double> divisors = new TreeMap<>();
    for (Entry entry : of(other, otherCell)) {
      divisors.put(entry.round(), figure.applyAsDouble(entry.measured()));
    }
    List<Double> ratios = new ArrayList<>();
    for (Entry entry : of(system, cell)) {
      double divisor = divisors.getOrDefault(entry.round(), 0.0);
      if (divisor > 0) {
        ratios.add(figure.applyAsDouble(entry.measured()) / divisor);
      }
    }
    return ratios.isEmpty() ? Optional.empty() : Optional.of(Spread.of(ratios));
  }

  /** Operations that failed, over all rounds and cells of a system. */
  public long failures(String system) {
    return entries.stream()
        .filter(entry -> entry.system().equals(system))
        .mapToLong(entry -> entry.measured().failures())
        .sum();
  }

  private List<Entry> of(String system, Cell cell) {
    return entries.stream()
        .filter(entry -> entry.system().equals(system) && entry.measured().cell().equals(cell))
        .toList();
  }
}
