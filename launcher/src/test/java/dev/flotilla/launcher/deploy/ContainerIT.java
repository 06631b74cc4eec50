package dev.flotilla.launcher.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.Container;

/**
 * The image, built and run: one group of three nodes and a balancer, in containers. One cluster for
 * all steps, which build on each other. Skipped, with the reason, where no engine answers or no
 * base image is there:
 *
 * <pre>
 * deploy/docker/make-base.sh
 * TESTCONTAINERS_RYUK_DISABLED=true mvn -pl launcher -am verify -Dit.test=ContainerIT -Dtest=none
 *   -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false
 *   -Dflotilla.container.base=flotilla-base:bookworm</pre>
 */
@EnabledOnOs(OS.LINUX)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ContainerIT {
  @TempDir private static Path directory;

  private static @Nullable ContainerCluster running;
  private static @Nullable FrontDoor opened;

  @BeforeAll
  static void buildAndStart() throws IOException, InterruptedException {
    Optional<String> lacking = ContainerImage.lacking();
    if (lacking.isPresent()) {
      // A skipped class leaves no line in the build's output by itself.
      System.out.println("ContainerIT is skipped: " + lacking.get());
      abort(lacking.get());
    }
    running = new ContainerCluster(ContainerImage.build(), directory.resolve("config"));
    running.sayThatItIsNew();
    running.start();
    opened = new FrontDoor(running::balancer);
    opened.awaitReady();
    // From here on, whoever comes back empty must be let in by the others.
    running.sayThatItHasBegun();
  }

  @AfterAll
  static void stop() {
    if (opened != null) {
      opened.close();
    }
    if (running != null) {
      running.close();
    }
  }

  private static ContainerCluster cluster() {
    return Objects.requireNonNull(running);
  }

  private static FrontDoor door() {
    return Objects.requireNonNull(opened);
  }

  @Test
  @Order(1)
  void whatIsWrittenIsRead() {
    door().writeMore(50);
    assertThat(door().missing()).isEmpty();
    cluster().awaitWhole();
  }

  @Test
  @Order(2)
  void theProgramIsNobodyAndWritesNowhereButInItsVolume() throws Exception {
    for (String name : List.of("n1", ContainerCluster.BALANCER)) {
      assertThat(cluster().run(name, "id", "-u").getStdout().strip()).isEqualTo("10001");
      Container.ExecResult refused = cluster().run(name, "touch", "/opt/flotilla/lib/other.jar");
      assertThat(refused.getExitCode()).isNotZero();
      assertThat(refused.getStderr()).contains("Read-only file system");
      // Process 1 is the JVM: no shell stands between it and SIGTERM.
      assertThat(cluster().run(name, "cat", "/proc/1/comm").getStdout().strip()).isEqualTo("java");
    }
  }

  @Test
  @Order(3)
  void theEnginesHealthCheckFindsEveryContainerHealthy() {
    for (String name : List.of("n1", "n2", "n3", ContainerCluster.BALANCER)) {
      Awaitility.await(name + " healthy")
          .atMost(Duration.ofSeconds(90))
          .pollInterval(Duration.ofMillis(500))
          .until(() -> cluster().health(name).equals("healthy"));
    }
  }

  @Test
  @Order(4)
  void commandsRunInTheImageToo() throws Exception {
    Container.ExecResult members =
        cluster()
            .run(
                ContainerCluster.BALANCER,
                "flotilla",
                "members",
                "g1",
                "--config",
                "/etc/flotilla/cluster.yaml");
    assertThat(members.getExitCode()).as(members.getStderr()).isZero();
    assertThat(members.getStdout()).contains("n1").contains("n2").contains("n3");
  }

  @Test
  @Order(5)
  void whenTheLeadersContainerIsStoppedWritesGoOn() {
    String leader = cluster().awaitLeader();
    assertThat(cluster().stop(leader)).as("exit code of " + leader).isZero();
    door().writeMore(30);
    assertThat(cluster().awaitLeaderOtherThan(leader)).isNotEqualTo(leader);
    cluster().startAgain(leader);
    cluster().awaitWhole();
    assertThat(door().missing()).isEmpty();
  }

  @Test
  @Order(6)
  void aLeaderThatLosesItsNetworkIsReplacedAndComesBack() {
    String leader = cluster().awaitLeader();
    cluster().disconnect(leader);
    door().writeMore(30);
    cluster().awaitLeaderOtherThan(leader);
    Awaitility.await(leader + " knows that it leads no more")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> !cluster().isReady(leader));
    cluster().connect(leader);
    cluster().awaitWhole();
    assertThat(door().missing()).isEmpty();
  }

  @Test
  @Order(7)
  void aNodeWhoseVolumeIsGoneIsLetInByTheOthers() {
    cluster().loseVolumeOf("n2");
    door().writeMore(10);
    cluster().awaitWhole();
    assertThat(door().missing()).isEmpty();
  }

  @Test
  @Order(8)
  void everythingIsThereWhenAllWereStoppedAndStartedAgain() {
    List<String> all = List.of(ContainerCluster.BALANCER, "n1", "n2", "n3");
    all.forEach(name -> assertThat(cluster().stop(name)).as("exit code of " + name).isZero());
    all.forEach(cluster()::startAgain);
    door().awaitReady();
    assertThat(door().acknowledged()).isEqualTo(120);
    assertThat(door().missing()).isEmpty();
    cluster().awaitWhole();
  }
}
