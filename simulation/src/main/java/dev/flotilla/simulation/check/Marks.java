package dev.flotilla.simulation.check;

import java.util.EnumMap;
import java.util.Map;

/** How often each {@link Mark} was hit. */
public final class Marks {
  private final EnumMap<Mark, Long> hits = new EnumMap<>(Mark.class);

  public void hit(Mark mark) {
    hits.merge(mark, 1L, Long::sum);
  }

  public void hitIf(boolean condition, Mark mark) {
    if (condition) {
      hit(mark);
    }
  }

  public void addAll(Marks others) {
    others.hits.forEach((mark, count) -> hits.merge(mark, count, Long::sum));
  }

  public long count(Mark mark) {
    return hits.getOrDefault(mark, 0L);
  }

  /** By mark, in the order of their declaration; those never hit are missing. */
  public Map<Mark, Long> hits() {
    return new EnumMap<>(hits);
  }
}
