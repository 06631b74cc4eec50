package dev.flotilla.bench.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunningClusterTest {

  @TempDir Path directory;

  @Test
  void readsWhatTheLauncherWrites() throws Exception {
    write(
        """
        {"cluster":"c1","version":"1","launcherPid":5,"processes":true,"startedMillis":1,
         "configuration":"/data/cluster.yaml",
         "nodes":[{"id":2,"name":"n2","group":"g2,g3","pid":77,"grpc":"h:1","http":"h:2",
                   "directory":"/data/n2"},
                  {"id":1,"name":"n1","group":"g1","pid":0,"grpc":"h:3","http":"h:4",
                   "directory":"/data/n1"}],
         "balancer":{"pid":9,"http":"127.0.0.1:8080"},"later":{}}
        """);
    RunningCluster cluster = RunningCluster.read(directory);
    assertThat(cluster.id()).isEqualTo("c1");
    assertThat(cluster.processes()).isTrue();
    assertThat(cluster.configuration()).isEqualTo("/data/cluster.yaml");
    assertThat(cluster.balancerHttp()).isEqualTo("127.0.0.1:8080");
    assertThat(cluster.groups()).containsExactly("g1", "g2", "g3");
    assertThat(cluster.members("g3")).extracting(RunningCluster.Node::pid).containsExactly(77L);
    assertThat(cluster.members("g1").getFirst().grpc()).isEqualTo("h:3");
  }

  @Test
  void whatIsNoClusterFileIsRefused() throws Exception {
    assertThatThrownBy(() -> RunningCluster.read(directory)).isInstanceOf(IOException.class);
    write("{\"nodes\":");
    assertThatThrownBy(() -> RunningCluster.read(directory)).hasMessageContaining("not JSON");
    write("{}");
    assertThatThrownBy(() -> RunningCluster.read(directory)).hasMessageContaining("no nodes");
  }

  private void write(String text) throws IOException {
    Files.writeString(directory.resolve(RunningCluster.FILE_NAME), text);
  }
}
