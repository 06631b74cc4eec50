package dev.flotilla.launcher.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.launcher.cluster.ClusterFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of children whose supervisor was killed. */
class OrphanIT {
  @TempDir private Path directory;

  @Test
  void childrenEndByThemselvesWhenTheirSupervisorIsKilled() throws IOException {
    try (TestCluster cluster =
        TestCluster.start(
            directory.resolve("data"), "--processes", "--groups", "1", "--nodes-per-group", "1")) {
      ClusterFile file = cluster.file();
      List<Long> children = new ArrayList<>();
      file.nodes().forEach(node -> children.add(node.pid()));
      children.add(file.balancer().pid());
      cluster.killSupervisor();
      Awaitility.await("children gone")
          .atMost(Duration.ofSeconds(20))
          .until(() ->
              children.stream()
                  .noneMatch(
                      pid -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()));
      // The next start finds the folder free and replaces the file the killed one left.
      cluster.up();
      assertThat(cluster.file().launcherPid()).isNotEqualTo(file.launcherPid());
    }
  }
}
