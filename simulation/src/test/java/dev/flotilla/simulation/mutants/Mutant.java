package dev.flotilla.simulation.mutants;

import java.util.ArrayList;
import java.util.List;

/**
 * A deliberate bug. A rule that the code keeps in two places is broken in both.
 *
 * @param name short, in kebab case
 * @param hazards numbers in {@code docs/hazards.md}, or a section of the thesis
 * @param what the bug, in a few words
 * @param focus the kind of runs that must find it
 * @param seeds within how many of them
 */
record Mutant(String name, String hazards, String what, Focus focus, int seeds, List<Edit> edits) {

  private static final int USUAL_SEEDS = 200;

  /**
   * @param file of the source, from the repository's folder
   * @param original stands in it exactly once, however lines are broken
   */
  record Edit(String file, String original, String replacement) {}

  static Mutant of(String name, String hazards, String what) {
    return new Mutant(name, hazards, what, Focus.SWARM, USUAL_SEEDS, List.of());
  }

  Mutant edit(String file, String original, String replacement) {
    List<Edit> more = new ArrayList<>(edits);
    more.add(new Edit(file, original, replacement));
    return new Mutant(name, hazards, what, focus, seeds, List.copyOf(more));
  }

  Mutant within(int otherSeeds) {
    return new Mutant(name, hazards, what, focus, otherSeeds, edits);
  }

  Mutant in(Focus otherFocus) {
    return new Mutant(name, hazards, what, otherFocus, seeds, edits);
  }

  @Override
  public String toString() {
    return name;
  }
}
