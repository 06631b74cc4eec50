package dev.flotilla.bench.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalProcessesTest {

  private static final RunningCluster.Node NODE =
      new RunningCluster.Node(3, "n3", List.of("g1"), 0, "h:0", "h:1", "/data/n3");

  @TempDir Path directory;

  @Test
  void fillsThePlaceholders() {
    LocalProcesses processes =
        new LocalProcesses(
            List.of("run", "--c={config}", "{name}", "{id}", "{directory}"), "/c.yaml", directory);
    assertThat(processes.words(NODE)).containsExactly("run", "--c=/c.yaml", "n3", "3", "/data/n3");
  }

  @Test
  void startsTheCommandAndKeepsWhatItPrints() throws Exception {
    new LocalProcesses(List.of("echo", "I am {name}"), "", directory).start(NODE);
    Path log = directory.resolve("n3.restarted.out");
    await().until(() -> Files.readString(log).equals("I am n3\n"));
  }

  @Test
  void killsAtOnce() throws Exception {
    Process victim = new ProcessBuilder("sleep", "60").start();
    new LocalProcesses(List.of("x"), "", directory).kill(victim.pid());
    assertThat(victim.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(victim.exitValue()).as("128 + SIGKILL").isEqualTo(137);
    assertThatThrownBy(() -> new LocalProcesses(List.of("x"), "", directory).kill(victim.pid()))
        .isInstanceOf(IOException.class);
  }
}
