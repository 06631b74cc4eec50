package dev.flotilla.bench.compare.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class ProcessesTest {

  @TempDir private Path folder;

  private Processes processes() throws IOException {
    return new Processes(Files.createDirectory(folder.resolve("turn")), folder.resolve("pids"));
  }

  @Test
  void closingEndsWhatWasStartedAndWhatThatStarted() throws IOException {
    Process shell;
    List<ProcessHandle> children;
    try (Processes processes = processes()) {
      shell = processes.start("shell", List.of("sh", "-c", "sleep 600 & wait"), Map.of());
      await().until(() -> shell.descendants().findAny().isPresent());
      children = shell.descendants().toList();
      assertThat(Files.readString(folder.resolve("pids"))).isEqualTo(shell.pid() + "\n");
      // A shell that is ended leaves its child; the child is what must not stay.
      children.forEach(child -> assertThat(child.isAlive()).isTrue());
    }
    assertThat(shell.isAlive()).isFalse();
    assertThat(children).noneMatch(ProcessHandle::isAlive);
  }

  @Test
  void logsEndUpInTheReport() throws IOException, InterruptedException {
    try (Processes processes = processes()) {
      processes.start("talker", List.of("sh", "-c", "echo out; echo why >&2"), Map.of()).waitFor();
      assertThat(processes.tails()).isEqualTo("--- talker.log\nout\nwhy\n");
    }
  }

  @Test
  void nothingStartsAfterTheEnd() throws IOException {
    Processes processes = processes();
    processes.close();
    assertThatThrownBy(() -> processes.start("late", List.of("true"), Map.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ended");
  }

  @Test
  void aTreeIsDeletedWhole() throws IOException {
    Path tree = Files.createDirectories(folder.resolve("tree/a/b")).getParent().getParent();
    Files.writeString(tree.resolve("a/b/file"), "x");
    Processes.deleteTree(tree);
    assertThat(tree).doesNotExist();
    Processes.deleteTree(tree);
    assertThat(folder).exists();
  }

  @Test
  void aPortThatIsTakenIsNamedBeforeAnythingStarts() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName(Loopback.HOST))) {
      assertThatThrownBy(() -> Loopback.addresses(taken.getLocalPort(), 1))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("port " + taken.getLocalPort());
    }
  }

  @Test
  void aRivalThatIsNotBuiltIsMissingWithAWord() {
    Site site = new Site(folder, folder, "512m", "1g", 28_080);
    RivalStarter rival = new RivalStarter("ratis", "Main", "ratis-server", 0);
    assertThat(rival.missing(site).orElseThrow()).contains("bench/compare/ratis is not built");
  }

  @Test
  void aRivalsVersionIsThatOfItsJar() throws IOException {
    Path jars = Files.createDirectories(folder.resolve("bench/compare/ratis/target/lib"));
    Files.writeString(jars.resolve("ratis-server-api-9.9.jar"), "");
    Files.writeString(jars.resolve("ratis-server-3.2.2.jar"), "");
    Site site = new Site(folder, folder, "512m", "1g", 28_080);
    assertThat(site.rivalVersion("ratis", "ratis-server")).contains("3.2.2");
  }
}
