package dev.flotilla.launcher.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.launcher.FreePorts;
import dev.flotilla.launcher.cluster.NodeProbe;
import dev.flotilla.launcher.cluster.NodeView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * H34, H35, H50: three node processes of the built distribution, and files edited between lives.
 */
class DamageIT {
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  @TempDir private Path directory;
  private final Map<String, Process> processes = new LinkedHashMap<>();
  private final Map<String, String> http = new LinkedHashMap<>();
  private final NodeProbe probe = new NodeProbe(Duration.ofSeconds(2));

  @BeforeEach
  void startThreeNodes() throws IOException {
    int base = FreePorts.base();
    StringBuilder config =
        new StringBuilder(
            "cluster: damage\ngroups:\n  - {name: g1, nodes: [n1, n2, n3]}\nnodes:\n");
    for (int i = 1; i <= 3; i++) {
      String address = "127.0.0.1:" + (base + i);
      http.put("n" + i, address);
      config.append(
          "  - {name: n%d, grpc: \"127.0.0.1:%d\", http: \"%s\"}%n"
              .formatted(i, base - 1_079 + i, address));
    }
    Files.writeString(directory.resolve("cluster.yaml"), config);
    for (String name : http.keySet()) {
      start(name);
    }
    awaitInStep();
  }

  @AfterEach
  void stopThem() throws InterruptedException {
    for (Process process : processes.values()) {
      process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
    probe.close();
  }

  private void start(String name) throws IOException {
    Path module = Path.of("").toAbsolutePath();
    Path root = Files.exists(module.resolve("flotilla")) ? module : module.getParent();
    ProcessBuilder builder =
        new ProcessBuilder(
            root.resolve("flotilla").toString(),
            "node",
            "--config",
            directory.resolve("cluster.yaml").toString(),
            "--name",
            name);
    builder.environment().put("FLOTILLA_PREPARED", "1");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.redirectErrorStream(true);
    builder.redirectOutput(directory.resolve(name + ".out").toFile());
    processes.put(name, builder.start());
  }

  private void kill(String name) throws InterruptedException {
    Process process = Objects.requireNonNull(processes.get(name));
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().waitFor();
  }

  private List<NodeView.Replica> replicas() {
    return probe.nodes(http, true).stream()
        .filter(view -> view.problem() == null)
        .flatMap(view -> view.replicas().stream())
        .toList();
  }

  private void awaitInStep() {
    Awaitility.await("equal states of three nodes")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> {
          List<NodeView.Replica> replicas = replicas();
          return replicas.size() == 3
              && replicas.stream().anyMatch(NodeView.Replica::leads)
              && replicas.stream().map(NodeView.Replica::appliedIndex).distinct().count() == 1
              && replicas.stream().map(NodeView.Replica::stateHash).distinct().count() == 1
              && replicas.getFirst().appliedIndex() > 1;
        });
  }

  private String follower() {
    return probe.nodes(http, false).stream()
        .filter(view -> view.replicas().stream().noneMatch(NodeView.Replica::leads))
        .map(NodeView::node)
        .findFirst()
        .orElseThrow();
  }

  private static void flip(Path file, int position) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[position] ^= 1;
    Files.write(file, bytes);
  }

  @Test
  void aBitFlippedInTheLogIsRepairedAndBothVotesFlippedIsARefusalWith70() throws Exception {
    String hurt = follower();
    kill(hurt);
    Path data = directory.resolve(hurt);
    flip(data.resolve("wal/0000000000000001.wal"), 1024 + 60);
    start(hurt);
    awaitInStep();
    // The node says so on its way; what it logs goes to the cluster's own log folder.
    kill(hurt);
    flip(data.resolve("groups/g1/replica-a"), 50);
    flip(data.resolve("groups/g1/replica-b"), 50);
    start(hurt);
    Process refused = Objects.requireNonNull(processes.get(hurt));
    assertThat(refused.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(refused.exitValue()).isEqualTo(70);
    assertThat(Files.readString(directory.resolve(hurt + ".out")))
        .contains(hurt + " does not start: both copies of term and vote of group 1 are unusable");
  }
}
