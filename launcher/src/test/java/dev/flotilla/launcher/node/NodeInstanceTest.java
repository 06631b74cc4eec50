package dev.flotilla.launcher.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.launcher.config.LocalLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeInstanceTest {
  @TempDir Path temp;

  private List<Integer> hostedBy(ClusterConfig config, int node) {
    return NodeInstance.hostedBy(config, config.node(node)).stream()
        .map(ClusterConfig.Group::id)
        .toList();
  }

  @Test
  void aNodeHostsWhatTheFileSaysAndWhatItHasLivedIn() throws Exception {
    ClusterConfig config =
        new LocalLayout(8_080, 3, 1).config("c", temp, ClusterConfig.Tuning.DEFAULT);
    ClusterConfig joined = config.with(config.node(1).joining(List.of(3)));
    assertThat(hostedBy(config, 1)).containsExactly(1);
    assertThat(hostedBy(joined, 1)).containsExactly(1, 3);

    Files.createDirectories(config.node(1).directory().resolve("groups/g2"));
    Files.createDirectories(config.node(1).directory().resolve("groups/g9"));
    assertThat(hostedBy(config, 1)).containsExactly(1, 2);
    assertThat(hostedBy(joined, 1)).containsExactly(1, 2, 3);
  }

  @Test
  void aFounderWithoutDataHasLostItUnlessItsGroupIsNew() throws Exception {
    ClusterConfig begins =
        new LocalLayout(8_080, 2, 1).config("c", temp, ClusterConfig.Tuning.DEFAULT);
    ClusterConfig config = begins.withBootstrap(false).with(begins.node(1).joining(List.of(2)));
    assertThat(NodeInstance.lostBy(begins, begins.node(1))).isEmpty();
    assertThat(NodeInstance.lostBy(config, config.node(1))).containsExactly(config.groups().get(0));

    Files.createDirectories(config.node(1).directory().resolve("groups/g1"));
    assertThat(NodeInstance.lostBy(config, config.node(1))).isEmpty();
  }
}
