package dev.flotilla.simulation.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * The simulator finds every mutant within its budget of seeds, and finds nothing in the code as it
 * is, over the same seeds. The table of who was found how soon is written to {@code
 * target/mutants.md}.
 *
 * <p>{@code -Dmutants.starts=11} looks for each from so many places, far from each other, so that
 * the median means something; {@code -Dmutants.only=name,name} looks for some only.
 */
final class MutantTest {
  private static final int PARALLEL = 2;
  private static final int STARTS = Integer.getInteger("mutants.starts", 1);
  private static final List<String> ONLY =
      Arrays.stream(System.getProperty("mutants.only", "").split(","))
          .filter(name -> !name.isEmpty())
          .toList();

  private final Logger logs = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private Level usualLevel = Level.INFO;

  @BeforeEach
  void silenceTheNodes() {
    usualLevel = logs.getLevel();
    logs.setLevel(Level.OFF);
  }

  @AfterEach
  void letTheNodesSpeak() {
    logs.setLevel(usualLevel);
  }

  @Test
  void everyMutantIsCaughtAndTheCodeAsItIsIsNot() throws Exception {
    Hunt hunt = new Hunt();
    List<Callable<Hunt.Result>> hunts = new ArrayList<>();
    for (Mutant mutant : mutants()) {
      hunts.add(() -> hunt.hunt(mutant, STARTS));
    }
    List<Hunt.Result> results = inParallel(hunts);
    write(results);
    List<Callable<String>> controls = new ArrayList<>();
    for (Hunt.Run run : hunt.runs()) {
      controls.add(() -> control(run));
    }
    assertThat(inParallel(controls).stream().filter(found -> !found.isEmpty()))
        .as("what was found in the code as it is")
        .isEmpty();
    assertThat(results.stream().filter(Hunt.Result::survived).map(Hunt.Result::mutant))
        .as("mutants that survived")
        .isEmpty();
  }

  @Test
  void namesAreUsedOnce() {
    assertThat(Mutants.all().stream().map(Mutant::name)).doesNotHaveDuplicates();
  }

  private static List<Mutant> mutants() {
    return Mutants.all().stream()
        .filter(mutant -> ONLY.isEmpty() || ONLY.contains(mutant.name()))
        .toList();
  }

  private static String control(Hunt.Run run) {
    SeedRun.Outcome outcome = new InnerSeedRun().run(run.seed(), run.focus().name());
    return outcome.violation() == null ? "" : run + ": " + outcome.violation();
  }

  private static <T> List<T> inParallel(List<Callable<T>> tasks) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(PARALLEL)) {
      List<T> results = new ArrayList<>();
      try {
        for (Future<T> result : threads.invokeAll(tasks)) {
          results.add(result.get());
        }
      } catch (ExecutionException e) {
        throw e.getCause() instanceof Exception cause ? cause : e;
      }
      return results;
    }
  }

  private static void write(List<Hunt.Result> results) throws IOException {
    StringBuilder table = new StringBuilder();
    table
        .append("| mutant | hazard | the bug | runs | seeds to catch | what gave it away |\n")
        .append("| --- | --- | --- | --- | --- | --- |\n");
    for (Hunt.Result result : results) {
      Mutant mutant = result.mutant();
      table.append(
          "| %s | %s | %s | %s | %s | %s |%n"
              .formatted(
                  mutant.name(),
                  mutant.hazards(),
                  mutant.what(),
                  mutant.focus(),
                  seeds(result),
                  result.rule()));
    }
    Path target = Files.createDirectories(Path.of("target"));
    Files.writeString(target.resolve("mutants.md"), table);
    System.out.print(table);
  }

  /** The median, and what it is the median of. */
  private static String seeds(Hunt.Result result) {
    String each =
        Arrays.stream(result.seedsToCatch())
            .mapToObj(seeds -> seeds == 0 ? "never" : String.valueOf(seeds))
            .collect(Collectors.joining(" "));
    return result.seedsToCatch().length == 1 ? each : result.medianSeeds() + " (" + each + ")";
  }
}
