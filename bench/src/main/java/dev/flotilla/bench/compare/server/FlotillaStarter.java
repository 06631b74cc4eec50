package dev.flotilla.bench.compare.server;

import dev.flotilla.bench.kill.RunningCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Flotilla as {@code flotilla up --processes} starts it: a process for each of three nodes a group
 * and one for the balancer. The addresses are the balancer's, then the nodes'.
 */
public final class FlotillaStarter implements Starter {

  private static final int PORTS = 300;
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);
  private static final long PAUSE_MILLIS = 200;
  private static final String NAME = "up";
  // What the supervisor prints once every group has a leader. A client that asks earlier may not
  // hear of all groups.
  private static final String READY = "\"ready\":true";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final int groups;

  public FlotillaStarter(int groups) {
    this.groups = groups;
  }

  @Override
  public Optional<String> missing(Site site) {
    return Optional.empty();
  }

  @Override
  public String version(Site site) throws IOException, InterruptedException {
    return Loopback.firstLine("git", "-C", site.root().toString(), "describe", "--always");
  }

  @Override
  public String clientClassPath(Site site) {
    return site.flotillaClassPath();
  }

  @Override
  public Servers start(Site site, Processes processes) throws IOException, InterruptedException {
    int port = site.basePort() + PORTS;
    Loopback.checkFree(port);
    Path data = processes.directory().resolve("data");
    List<String> command =
        List.of(
            site.root().resolve("flotilla").toString(),
            "up",
            "--processes",
            "--groups=" + groups,
            "--nodes-per-group=3",
            "--base-port=" + port,
            "--data-dir=" + data,
            "--output=json");
    // As the other JVM systems have it; the script's own limits are lower.
    String heap = "-Xms" + site.serverHeap() + " -Xmx" + site.serverHeap();
    Map<String, String> environment =
        Map.of("FLOTILLA_JAVA_OPTS", heap, "JAVA_HOME", site.javaHome().toString());
    Process supervisor = processes.start(NAME, command, environment);
    long began = System.nanoTime();
    while (System.nanoTime() - began < PATIENCE_NANOS && supervisor.isAlive()) {
      if (supervisor.waitFor(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
        break;
      }
      if (Files.readString(processes.log(NAME)).contains(READY)) {
        return servers(data);
      }
    }
    throw new IOException("Flotilla did not start");
  }

  private static Servers servers(Path data) throws IOException {
    JsonNode cluster = JSON.readTree(Files.readString(data.resolve(RunningCluster.FILE_NAME)));
    List<Long> pids = new ArrayList<>();
    List<String> addresses = new ArrayList<>();
    pids.add(cluster.path("balancer").path("pid").asLong(0));
    addresses.add(cluster.path("balancer").path("http").asString(""));
    for (JsonNode node : cluster.path("nodes")) {
      pids.add(node.path("pid").asLong(0));
      addresses.add(node.path("grpc").asString(""));
    }
    if (pids.contains(0L)) {
      throw new IOException("a process of Flotilla is down");
    }
    return new Servers(cluster.path("cluster").asString(""), addresses, pids);
  }
}
