package dev.flotilla.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.simulation.Scenarios.Profile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The same seeds give the same runs in another virtual machine: nothing depends on its salts. */
class TwoJvmsTest {
  private static final long FIRST = 40;
  private static final int SEEDS = 6;

  @Test
  void theSameSeedsGiveTheSameTracesInAFreshJvm() throws IOException, InterruptedException {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:+UnlockExperimentalVMOptions",
                "-XX:hashCode=2",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                SimulateCommand.class.getName(),
                "--hash",
                "--from",
                Long.toString(FIRST),
                "--seeds",
                Integer.toString(SEEDS))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String printed = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(other.waitFor()).as(printed).isZero();

    List<String> there = printed.lines().filter(line -> line.startsWith("seed ")).toList();
    List<String> here =
        LongStream.range(FIRST, FIRST + SEEDS)
            .mapToObj(seed ->
                "seed %d trace %016x"
                    .formatted(seed, Simulation.run(seed, Profile.SWARM).traceHash()))
            .toList();
    assertThat(there).isEqualTo(here);
  }
}
