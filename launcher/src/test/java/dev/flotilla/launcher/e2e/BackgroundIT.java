package dev.flotilla.launcher.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.FreePorts;
import dev.flotilla.launcher.cluster.ClusterFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A cluster in the background, by the commands alone: started, watched, its leader cut off and let
 * back, stopped, and started again.
 */
class BackgroundIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir private Path directory;

  private final String port = Integer.toString(FreePorts.base());

  @AfterEach
  void stop() throws IOException, InterruptedException {
    flotilla("stop");
  }

  private TestCluster.Ran flotilla(String... arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--data-dir", data().toString()));
    return TestCluster.run(all);
  }

  private Path data() {
    return directory.resolve("data");
  }

  private void done(String... arguments) throws IOException, InterruptedException {
    TestCluster.Ran ran = flotilla(arguments);
    assertThat(ran.exitCode()).as(ran.output()).isEqualTo(ExitCode.DONE);
  }

  private TestCluster.Ran start() throws IOException, InterruptedException {
    return flotilla("start", "--base-port", port, "--groups", "1", "--enable-chaos");
  }

  private long supervisor() {
    return ClusterFile.read(data()).orElseThrow().launcherPid();
  }

  @Test
  void startedFollowedCutOffHealedComparedStoppedAndStartedAgain()
      throws IOException, InterruptedException {
    TestCluster.Ran started = start();
    assertThat(started.exitCode()).as(started.output()).isEqualTo(ExitCode.DONE);
    assertThat(started.output())
        .contains("Ready in ", "Dashboard: http://127.0.0.1:" + port + "/", "flotilla stop");
    long pid = supervisor();
    assertThat(ProcessHandle.of(pid)).isPresent();
    TestCluster.Ran again = start();
    assertThat(again.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(again.output()).contains("Runs already");
    assertThat(supervisor()).isEqualTo(pid);

    Path followed = directory.resolve("followed");
    Process logs =
        TestCluster.begin(followed, "logs", "audit", "-f", "--data-dir", data().toString());
    try {
      String leader = awaitLeaderOtherThan("nobody");
      awaitThatLeads(followed, leader);
      done("set", "before", "1");
      done("chaos", "partition", leader);
      String next = awaitLeaderOtherThan(leader);
      awaitThatLeads(followed, next);
      done("set", "meanwhile", "2");
      done("chaos", "heal", leader);
      done("verify");
    } finally {
      new ProcessBuilder("kill", "-INT", Long.toString(logs.pid())).start().waitFor();
      assertThat(logs.waitFor(20, TimeUnit.SECONDS)).as("logs -f ends at Ctrl-C").isTrue();
    }
    assertThat(logs.exitValue()).isEqualTo(ExitCode.DONE);

    TestCluster.Ran stopped = flotilla("stop");
    assertThat(stopped.exitCode()).as(stopped.output()).isEqualTo(ExitCode.DONE);
    assertThat(flotilla("status").output()).contains("No cluster runs from");
    done("stop");

    TestCluster.Ran anew = start();
    assertThat(anew.exitCode()).as(anew.output()).isEqualTo(ExitCode.DONE);
    assertThat(flotilla("get", "before").output().strip()).isEqualTo("1");
    assertThat(flotilla("get", "meanwhile").output().strip()).isEqualTo("2");
  }

  private String awaitLeaderOtherThan(String former) {
    return Awaitility.await("a leader other than " + former)
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .until(this::leader, name -> !name.isEmpty() && !name.equals(former));
  }

  /** Who leads in the highest term, by what status prints; empty when nobody says so. */
  private String leader() throws IOException, InterruptedException {
    JsonNode nodes = JSON.readTree(flotilla("status", "-o", "json").output()).path("nodes");
    String leader = "";
    long term = -1;
    for (JsonNode node : nodes) {
      if (node.path("role").asString("").equals("LEADER") && node.path("term").asLong() > term) {
        leader = node.path("node").asString();
        term = node.path("term").asLong();
      }
    }
    return leader;
  }

  private static void awaitThatLeads(Path followed, String node) {
    Awaitility.await(node + " leads, in " + followed)
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> Files.readString(followed).contains(node + " leads g1 in term "));
  }
}
