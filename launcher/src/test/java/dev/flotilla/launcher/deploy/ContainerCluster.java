package dev.flotilla.launcher.deploy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.api.model.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Container;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.lifecycle.Startables;
import org.testcontainers.utility.DockerImageName;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One group of three nodes and a balancer, each in a container of its own, on one network, locked
 * down as the Compose file does it.
 *
 * <p>Nodes are asked for their state inside their containers: one that was cut off can be asked
 * too.
 */
final class ContainerCluster implements AutoCloseable {
  static final List<String> NODES = List.of("n1", "n2", "n3");
  static final String BALANCER = "balancer";

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final int STOP_SECONDS = 30;
  private static final int BALANCER_PORT = 8080;

  private final DockerClient docker = DockerClientFactory.instance().client();
  private final Network network = Network.newNetwork();
  private final String image;
  private final Path config;

  /** In the volumes' names, so that two builds do not share them. */
  private final String run = "flotilla-it-" + UUID.randomUUID().toString().substring(0, 8);

  private final Map<String, GenericContainer<?>> containers = new LinkedHashMap<>();

  /**
   * @param config a new folder for the cluster file
   */
  ContainerCluster(String image, Path config) throws IOException {
    this.image = image;
    this.config = config;
    Files.createDirectories(config);
    // The image's user is not the one who runs the tests.
    Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rwxr-xr-x"));
    write("cluster.yaml", clusterFile());
  }

  private static String clusterFile() {
    StringBuilder file =
        new StringBuilder(
            """
            cluster: containers
            data-dir: /var/lib/flotilla
            groups:
              - {name: g1, nodes: [n1, n2, n3]}
            balancer:
              http: {listen: "0.0.0.0:8080", advertise: "balancer:8080"}
            nodes:
            """);
    for (String node : NODES) {
      file.append(
          """
            - name: %1$s
              grpc: {listen: "0.0.0.0:7001", advertise: "%1$s:7001"}
              http: {listen: "0.0.0.0:8081", advertise: "%1$s:8081"}
          """
              .formatted(node));
    }
    return file.toString();
  }

  private void write(String name, String text) throws IOException {
    Path file = Files.writeString(config.resolve(name), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
  }

  /** Says, for ten minutes, that the group is new. */
  void sayThatItIsNew() throws IOException {
    write(
        "bootstrap-until",
        Instant.now().plus(Duration.ofMinutes(10)).truncatedTo(ChronoUnit.SECONDS) + "\n");
  }

  /** Takes that back. */
  void sayThatItHasBegun() throws IOException {
    Files.delete(config.resolve("bootstrap-until"));
  }

  /** Makes all containers and starts them at once. */
  void start() {
    NODES.forEach(this::makeNode);
    containers.put(
        BALANCER,
        container(BALANCER, BALANCER, "--config", "/etc/flotilla/cluster.yaml")
            .withExposedPorts(BALANCER_PORT));
    Startables.deepStart(containers.values()).join();
  }

  private void makeNode(String name) {
    containers.put(
        name, container(name, "node", "--config", "/etc/flotilla/cluster.yaml", "--name", name));
  }

  private GenericContainer<?> container(String name, String... command) {
    docker.createVolumeCmd().withName(volume(name)).exec();
    return new GenericContainer<>(DockerImageName.parse(image))
        .withImagePullPolicy(known -> false)
        .withNetwork(network)
        .withNetworkAliases(name)
        .withCommand(command)
        .withTmpFs(Map.of("/tmp", "rw,exec,nosuid,nodev,mode=1777,size=128m"))
        .withEnv("FLOTILLA_JAVA_OPTS", "-Dsun.net.inetaddr.ttl=1")
        .waitingFor(new ForNothing())
        .withCreateContainerCmdModifier(create -> lockDown(create, volume(name)));
  }

  private void lockDown(CreateContainerCmd create, String volume) {
    HostConfig host = Objects.requireNonNull(create.getHostConfig());
    host.withReadonlyRootfs(true)
        .withCapDrop(Capability.ALL)
        .withSecurityOpts(List.of("no-new-privileges:true"))
        .withMemory(1L << 30)
        // Not by Testcontainers' own methods, which first try an image that would have to be
        // pulled.
        .withBinds(
            new Bind(volume, new Volume("/var/lib/flotilla")),
            new Bind(config.toString(), new Volume("/etc/flotilla"), AccessMode.ro));
  }

  private String volume(String name) {
    return run + "-" + name;
  }

  /** A node is ready when the others are, so it cannot be waited for one by one. */
  private static final class ForNothing extends AbstractWaitStrategy {
    @Override
    protected void waitUntilReady() {}
  }

  private String id(String name) {
    return Objects.requireNonNull(containers.get(name)).getContainerId();
  }

  private InspectContainerResponse inspect(String name) {
    return docker.inspectContainerCmd(id(name)).exec();
  }

  /** Where the balancer is published right now: another port each time its container starts. */
  String balancer() {
    Ports.Binding[] bindings =
        inspect(BALANCER)
            .getNetworkSettings()
            .getPorts()
            .getBindings()
            .get(ExposedPort.tcp(BALANCER_PORT));
    if (bindings == null || bindings.length == 0) {
      throw new IllegalStateException("the balancer is not published");
    }
    return Objects.requireNonNull(containers.get(BALANCER)).getHost()
        + ":"
        + bindings[0].getHostPortSpec();
  }

  /**
   * Asks the container to end, and waits for it.
   *
   * @return the exit code
   */
  long stop(String name) {
    docker.stopContainerCmd(id(name)).withTimeout(STOP_SECONDS).exec();
    return Objects.requireNonNull(inspect(name).getState().getExitCodeLong());
  }

  void startAgain(String name) {
    docker.startContainerCmd(id(name)).exec();
  }

  void disconnect(String name) {
    docker
        .disconnectFromNetworkCmd()
        .withNetworkId(network.getId())
        .withContainerId(id(name))
        .exec();
  }

  void connect(String name) {
    docker
        .connectToNetworkCmd()
        .withNetworkId(network.getId())
        .withContainerId(id(name))
        .withContainerNetwork(new ContainerNetwork().withAliases(name))
        .exec();
  }

  /** Removes a node's container and its volume, and starts it anew with an empty one. */
  void loseVolumeOf(String name) {
    Objects.requireNonNull(containers.get(name)).stop();
    docker.removeVolumeCmd(volume(name)).exec();
    makeNode(name);
    Objects.requireNonNull(containers.get(name)).start();
  }

  Container.ExecResult run(String name, String... command)
      throws IOException, InterruptedException {
    return Objects.requireNonNull(containers.get(name)).execInContainer(command);
  }

  /** What the engine's health check says: starting, healthy or unhealthy. */
  String health(String name) {
    return String.valueOf(inspect(name).getState().getHealth().getStatus());
  }

  boolean isReady(String node) throws IOException, InterruptedException {
    return run(node, "/opt/flotilla/probe", "8081", "/readyz").getExitCode() == 0;
  }

  /** The node's replica, as it sees itself; empty when it does not answer. */
  Optional<JsonNode> replica(String node) {
    try {
      Container.ExecResult result =
          run(node, "/opt/flotilla/probe", "8081", "/raft/status?hash=false");
      return result.getExitCode() == 0
          ? Optional.of(JSON.readTree(result.getStdout()).path("groups").path(0))
          : Optional.empty();
    } catch (IOException | IllegalStateException | DockerException | JacksonException e) {
      // It does not run, or ends just now.
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** Who says that it leads, in the highest term. */
  Optional<String> leader() {
    String leader = null;
    long term = -1;
    for (String node : NODES) {
      JsonNode replica = replica(node).orElse(null);
      if (replica != null
          && replica.path("state").asString("").equals("LEADER")
          && replica.path("term").asLong(0) > term) {
        leader = node;
        term = replica.path("term").asLong(0);
      }
    }
    return Optional.ofNullable(leader);
  }

  String awaitLeaderOtherThan(String former) {
    return Awaitility.await("a leader other than " + former)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(this::leader, leader -> leader.isPresent() && !leader.get().equals(former))
        .orElseThrow();
  }

  String awaitLeader() {
    return awaitLeaderOtherThan("nobody");
  }

  /** Waits until all three are voters and have applied what any of them knows to be committed. */
  void awaitWhole() {
    Awaitility.await("three voters, none behind")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(300))
        .until(this::isWhole);
  }

  private boolean isWhole() {
    long committed = 0;
    long applied = Long.MAX_VALUE;
    for (String node : NODES) {
      JsonNode replica = replica(node).orElse(null);
      if (replica == null
          || !replica.path("standing").asString("").equals("MEMBER")
          || !replica.path("leader").isString()
          || replica.path("voters").size() != NODES.size()) {
        return false;
      }
      committed = Math.max(committed, replica.path("commitIndex").asLong(0));
      applied = Math.min(applied, replica.path("appliedIndex").asLong(0));
    }
    return applied >= committed;
  }

  @Override
  public void close() {
    containers.values().forEach(GenericContainer::stop);
    containers.keySet().forEach(name -> docker.removeVolumeCmd(volume(name)).exec());
    network.close();
  }
}
