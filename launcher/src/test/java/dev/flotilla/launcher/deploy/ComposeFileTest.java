package dev.flotilla.launcher.deploy;

import static dev.flotilla.launcher.deploy.Manifests.list;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.launcher.config.ClusterConfigReader;
import dev.flotilla.launcher.config.Overrides;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The Compose file and its cluster file agree with each other and with Prometheus' targets. */
class ComposeFileTest {
  private static final Path DEPLOY = Path.of("..", "deploy").toAbsolutePath().normalize();
  private static final Path COMPOSE = DEPLOY.resolve("compose");

  private static JsonNode read(Path file) throws IOException {
    return Manifests.parse(Files.readString(file)).all().getFirst();
  }

  private static ClusterConfig cluster() {
    return ClusterConfigReader.read(COMPOSE.resolve("config/cluster.yaml"), Overrides.none());
  }

  private static Map<String, JsonNode> services() throws IOException {
    Map<String, JsonNode> services = new TreeMap<>();
    read(COMPOSE.resolve("compose.yaml"))
        .path("services")
        .properties()
        .forEach(service -> services.put(service.getKey(), service.getValue()));
    return services;
  }

  @Test
  void everyNodeOfTheClusterFileIsAContainerOfThatName() throws IOException {
    ClusterConfig cluster = cluster();
    assertThat(cluster.bootstrap()).isFalse();
    assertThat(cluster.groups()).hasSize(3).allMatch(group -> group.nodes().size() == 3);
    assertThat(cluster.nodes()).hasSize(9);
    Map<String, JsonNode> services = services();
    Set<String> volumes = new TreeSet<>();
    for (ClusterConfig.Node node : cluster.nodes()) {
      assertThat(node.grpc().advertise().host()).isEqualTo(node.name());
      JsonNode service = services.get(node.name());
      assertThat(list(service.path("command"))).containsSequence("node", "--config");
      assertThat(list(service.path("command"))).endsWith("--name", node.name());
      assertThat(list(service.path("volumes"))).contains("./config:/etc/flotilla:ro");
      volumes.add(service.path("volumes").path(0).asString(""));
    }
    // A folder for each, or two would stand in each other's way.
    assertThat(volumes).hasSize(9).allMatch(volume -> volume.endsWith(":/var/lib/flotilla"));
    assertThat(cluster.balancer().advertise().host()).isEqualTo("balancer");
  }

  @Test
  void noServiceMayDoMoreThanItNeeds() throws IOException {
    services()
        .forEach((name, service) -> {
          assertThat(service.path("read_only").asBoolean(false)).as(name).isTrue();
          assertThat(list(service.path("cap_drop"))).as(name).containsExactly("ALL");
          assertThat(list(service.path("security_opt")))
              .as(name)
              .containsExactly("no-new-privileges:true");
          assertThat(service.path("mem_limit").asString("")).as(name).isNotEmpty();
          assertThat(list(service.path("ports")))
              .as(name)
              .allMatch(port ->
                  port.startsWith("127.0.0.1:")
                      || port.startsWith("${FLOTILLA_PUBLISH:-127.0.0.1}:"));
        });
  }

  @Test
  void nodesAreGivenTimeToHandOver() throws IOException {
    for (ClusterConfig.Node node : cluster().nodes()) {
      JsonNode service = services().get(node.name());
      assertThat(service.path("stop_grace_period").asString("")).isEqualTo("30s");
      assertThat(service.path("restart").asString("")).isEqualTo("unless-stopped");
      // The image's own: whether it is alive.
      assertThat(service.has("healthcheck")).isFalse();
      // Libraries are unpacked there; Docker's default forbids to run what lies in it.
      assertThat(list(service.path("tmpfs"))).anyMatch(mount -> mount.startsWith("/tmp:rw,exec"));
    }
  }

  @Test
  void observabilityIsAProfileAndItsFilesAreThere() throws IOException {
    Map<String, JsonNode> services = services();
    services.forEach((name, service) ->
        assertThat(list(service.path("profiles")))
            .as(name)
            .isEqualTo(
                Set.of("prometheus", "grafana").contains(name)
                    ? List.of("observability")
                    : List.of()));
    for (String name : List.of("prometheus", "grafana")) {
      List<String> mounted =
          list(services.get(name).path("volumes")).stream()
              .filter(volume -> volume.startsWith("../"))
              .toList();
      assertThat(mounted).hasSize(2);
      assertThat(mounted).allMatch(volume -> Files.exists(COMPOSE.resolve(volume.split(":")[0])));
    }
  }

  @Test
  void grafanaLooksForDashboardsWhereTheyAreMounted() throws IOException {
    List<String> mounts = list(services().get("grafana").path("volumes"));
    List<Path> providers;
    try (Stream<Path> files = Files.list(DEPLOY.resolve("grafana/provisioning/dashboards"))) {
      providers = files.toList();
    }
    assertThat(providers).isNotEmpty();
    for (Path provider : providers) {
      for (JsonNode each : read(provider).path("providers")) {
        String folder = each.path("options").path("path").asString("");
        assertThat(mounts).contains("../grafana/dashboards:" + folder + ":ro");
      }
    }
  }

  @Test
  void prometheusScrapesEveryContainer() throws IOException {
    List<String> targets = new ArrayList<>();
    for (JsonNode job : read(DEPLOY.resolve("prometheus/prometheus.yml")).path("scrape_configs")) {
      for (JsonNode group : job.path("static_configs")) {
        targets.addAll(list(group.path("targets")));
      }
    }
    ClusterConfig cluster = cluster();
    List<String> expected = new ArrayList<>();
    cluster.nodes().forEach(node -> expected.add(node.http().advertise().toString()));
    expected.add(cluster.balancer().advertise().toString());
    assertThat(targets).containsExactlyInAnyOrderElementsOf(expected);
  }
}
