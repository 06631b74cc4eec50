package dev.flotilla.simulation.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/** Lets the simulator look for a mutant, seed after seed, until it finds it or its budget is up. */
final class Hunt {
  private static final int SEEDS_BETWEEN_STARTS = 100_000;

  /**
   * How a mutant fared.
   *
   * @param seedsToCatch for each start, how many seeds it took; 0 = not within the budget
   * @param violation what gave it away first; null when nothing did
   */
  record Result(Mutant mutant, int[] seedsToCatch, @Nullable String violation, long millis) {

    boolean survived() {
      return Arrays.stream(seedsToCatch).anyMatch(seeds -> seeds == 0);
    }

    /** The rule whose violation gave it away first. */
    String rule() {
      return violation == null ? "" : violation.substring(0, Math.max(0, violation.indexOf(':')));
    }

    /** The median over all starts, one that was not caught counting as more than any. */
    int medianSeeds() {
      int[] sorted =
          Arrays.stream(seedsToCatch)
              .map(seeds -> seeds == 0 ? Integer.MAX_VALUE : seeds)
              .sorted()
              .toArray();
      return sorted[sorted.length / 2];
    }
  }

  /** A run that some mutant was looked for in. */
  record Run(Focus focus, long seed) implements Comparable<Run> {
    @Override
    public int compareTo(Run other) {
      int byFocus = focus.compareTo(other.focus);
      return byFocus != 0 ? byFocus : Long.compare(seed, other.seed);
    }
  }

  private final MutantCompiler compiler;
  private final ConcurrentSkipListSet<Run> runs = new ConcurrentSkipListSet<>();

  Hunt() throws IOException {
    String booter = System.getProperty("surefire.test.class.path");
    compiler =
        new MutantCompiler(
            repository(), booter == null ? System.getProperty("java.class.path") : booter);
  }

  /** The folder that holds all modules, from wherever the tests are run. */
  private static Path repository() throws IOException {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(at.resolve("raft-node/src/main"))) {
      at = at.getParent();
      if (at == null) {
        throw new IOException("the sources are not above the working folder");
      }
    }
    return at;
  }

  /** Every run made so far. */
  SortedSet<Run> runs() {
    return Collections.unmodifiableSortedSet(runs);
  }

  /** Compiles the mutant; fails loudly when the code it breaks is no longer there. */
  void compile(Mutant mutant) throws IOException {
    compiler.compile(mutant);
  }

  /**
   * Makes runs until the mutant is caught.
   *
   * @param starts how many times to begin, each far from the others
   */
  Result hunt(Mutant mutant, int starts) throws IOException {
    long startedNanos = System.nanoTime();
    SeedRun simulator =
        new MutantLoader(compiler.compile(mutant), Hunt.class.getClassLoader()).simulator();
    int[] seedsToCatch = new int[starts];
    String violation = null;
    for (int start = 0; start < starts; start++) {
      long first = 1 + (long) start * SEEDS_BETWEEN_STARTS;
      for (int tried = 1; tried <= mutant.seeds(); tried++) {
        long seed = first + tried - 1;
        runs.add(new Run(mutant.focus(), seed));
        SeedRun.Outcome outcome = simulator.run(seed, mutant.focus().name());
        if (outcome.violation() != null) {
          seedsToCatch[start] = tried;
          violation = violation == null ? outcome.violation() : violation;
          break;
        }
      }
    }
    long millis = (System.nanoTime() - startedNanos) / 1_000_000;
    return new Result(mutant, seedsToCatch, violation, millis);
  }
}
