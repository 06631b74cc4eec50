package dev.flotilla.launcher.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.cluster.ClusterFile.BalancerEntry;
import dev.flotilla.launcher.cluster.ClusterFile.NodeEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterFileTest {
  @TempDir Path directory;

  private static ClusterFile file(long pid) {
    return new ClusterFile(
        "c",
        "1",
        42,
        true,
        1_000,
        "/d/flotilla.yaml",
        List.of(new NodeEntry(1, "n1", "g1", pid, "127.0.0.1:7001", "127.0.0.1:8081", "/d/n1")),
        new BalancerEntry(99, "127.0.0.1:8080"),
        List.of("--set", "a=b"));
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    file(7).write(directory);
    assertThat(ClusterFile.read(directory)).contains(file(7));
  }

  @Test
  void aLaterWriteReplacesTheFileWhole() throws IOException {
    file(7).write(directory);
    file(8).write(directory);
    assertThat(ClusterFile.read(directory).orElseThrow().nodes().getFirst().pid()).isEqualTo(8);
    try (var entries = Files.list(directory)) {
      assertThat(entries)
          .extracting(path -> path.getFileName().toString())
          .containsExactly("cluster.json");
    }
  }

  @Test
  void noFileMeansNoCluster() throws IOException {
    assertThat(ClusterFile.read(directory)).isEmpty();
    file(7).write(directory);
    ClusterFile.delete(directory);
    assertThat(ClusterFile.read(directory)).isEmpty();
  }

  @Test
  void aBrokenFileIsNamed() throws IOException {
    Files.writeString(directory.resolve(ClusterFile.NAME), "{");
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> ClusterFile.read(directory))
        .withMessageContaining("cluster.json cannot be read");
  }
}
