package dev.flotilla.launcher.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.FreePorts;
import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.launcher.config.HostPort;
import dev.flotilla.launcher.config.LocalLayout;
import dev.flotilla.launcher.config.Overrides;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JoiningNodeTest {
  private static final int BASE = FreePorts.base();

  @TempDir Path temp;

  private DataDirectory directory;

  @BeforeEach
  void prepare() throws Exception {
    directory = new DataDirectory(Files.createDirectory(temp.resolve("data")));
    prepare(BASE);
  }

  private ClusterConfig prepare(int basePort) throws Exception {
    return directory.prepare(new LocalLayout(basePort, 1, 3), Overrides.none());
  }

  private static JoiningNode joining(String name, String... groups) {
    return new JoiningNode(name, List.of(groups), Optional.empty(), Optional.empty());
  }

  private ClusterConfig.Node enter(JoiningNode node) throws Exception {
    return node.enter(directory, Overrides.none()).node(node.name()).orElseThrow();
  }

  private void refused(JoiningNode node, int exitCode, String message) {
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> node.enter(directory, Overrides.none()))
        .withMessageContaining(message)
        .satisfies(e -> assertThat(e.exitCode()).isEqualTo(exitCode));
  }

  @Test
  void aNewNodeIsWrittenIntoTheFileWithPortsAndAFolderOfItsOwn() throws Exception {
    ClusterConfig.Node node = enter(joining("n10", "g1"));
    assertThat(node.id()).isEqualTo(10);
    assertThat(node.joins()).containsExactly(1);
    assertThat(node.directory()).isEqualTo(directory.path().resolve("n10"));
    assertThat(node.http().listen().port()).isGreaterThanOrEqualTo(BASE + 10);
    assertThat(node.grpc().listen().port()).isGreaterThanOrEqualTo(BASE - 1_079 + 9);
    assertThat(directory.stored().orElseThrow().node("n10")).contains(node);
    assertThat(enter(joining("n10", "g1"))).isEqualTo(node);
  }

  @Test
  void thePortsOfAnotherProgramOrNodeAreNotTaken() throws Exception {
    try (ServerSocket http = new ServerSocket()) {
      http.bind(new InetSocketAddress("127.0.0.1", BASE + 4));
      ClusterConfig.Node fourth = enter(joining("n4", "g1"));
      ClusterConfig.Node other = enter(joining("n5", "g1"));
      assertThat(fourth.http().listen().port()).isGreaterThan(BASE + 4);
      assertThat(other.http().listen().port()).isNotEqualTo(fourth.http().listen().port());
      assertThat(other.grpc().listen().port()).isNotEqualTo(fourth.grpc().listen().port());
    }
  }

  @Test
  void addressesMayBeNamed() throws Exception {
    HostPort grpc = new HostPort("10.1.1.1", 7_000);
    HostPort http = new HostPort("10.1.1.1", 8_000);
    ClusterConfig.Node node =
        enter(new JoiningNode("n4", List.of("g1"), Optional.of(grpc), Optional.of(http)));
    assertThat(node.grpc().advertise()).isEqualTo(grpc);
    assertThat(node.http().advertise()).isEqualTo(http);
  }

  @Test
  void theNextStartOfTheClusterHasItTooAndMovesItWithTheOthers() throws Exception {
    ClusterConfig.Node node = enter(joining("n10", "g1"));
    assertThat(prepare(BASE).node("n10")).contains(node);
    ClusterConfig.Node moved = prepare(BASE + 100).node("n10").orElseThrow();
    assertThat(moved.grpc().listen().port()).isEqualTo(node.grpc().listen().port() + 100);
    assertThat(moved.http().listen().port()).isEqualTo(node.http().listen().port() + 100);
    assertThat(moved.joins()).containsExactly(1);
  }

  @Test
  void itMayJoinAGroupMoreLater() throws Exception {
    directory = new DataDirectory(Files.createDirectory(temp.resolve("two")));
    directory.prepare(new LocalLayout(BASE, 2, 3), Overrides.none());
    assertThat(enter(joining("n10", "g1")).joins()).containsExactly(1);
    assertThat(enter(joining("n10", "g2")).joins()).containsExactly(1, 2);
    assertThat(enter(joining("n1", "g2")).joins()).containsExactly(2);
  }

  @Test
  void whatMakesNoSenseIsRefusedAndTheFileIsLeftAlone() throws Exception {
    String before = Files.readString(directory.configFile());
    refused(joining("n10", "g7"), ExitCode.NOT_FOUND, "There is no group g7");
    refused(joining("n2", "g1"), ExitCode.USAGE, "g1 began with n2");
    refused(joining("spare", "g1"), ExitCode.USAGE, "ends with its number");
    refused(joining("n0", "g1"), ExitCode.USAGE, "ends with its number");
    refused(joining("../n9", "g1"), ExitCode.USAGE, "ends with its number");
    refused(joining("node-2", "g1"), ExitCode.USAGE, "n2 has the number 2 already");
    assertThat(Files.readString(directory.configFile())).isEqualTo(before);
  }

  @Test
  void withoutAClusterThereIsNothingToJoin() throws IOException {
    directory = new DataDirectory(Files.createDirectory(temp.resolve("empty")));
    refused(joining("n10", "g1"), ExitCode.FAILED, "There is no cluster");
  }

  @Test
  void nodesThatComeAtTheSameTimeDoNotOverwriteEachOther() {
    List<CompletableFuture<?>> all = new ArrayList<>();
    for (int i = 10; i < 18; i++) {
      JoiningNode node = joining("n" + i, "g1");
      all.add(
          CompletableFuture.runAsync(() -> {
            try {
              node.enter(directory, Overrides.none());
            } catch (IOException | InterruptedException e) {
              throw new AssertionError(e);
            }
          }));
    }
    all.forEach(CompletableFuture::join);
    ClusterConfig stored = directory.stored().orElseThrow();
    assertThat(stored.nodes()).hasSize(11);
  }
}
