package dev.flotilla.launcher.faults;

import dev.flotilla.launcher.cluster.NodeProbe;
import dev.flotilla.launcher.cluster.NodeView;
import dev.flotilla.proto.admin.v1.AdminGrpc;
import dev.flotilla.proto.admin.v1.TransferLeadershipRequest;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/** Node processes and a balancer that can be hurt one by one, and what they say of themselves. */
final class FaultedCluster implements AutoCloseable {
  static final String NAME = "faults";
  static final int NODES_PER_GROUP = 3;

  /** Ten JVMs on a machine that does other things too. */
  private static final Duration START_PATIENCE = Duration.ofSeconds(240);

  private final Path directory;
  private final int groups;
  private final ClusterNetwork network;
  private final String balancerAddress;
  private final List<ServerProcess> nodes = new ArrayList<>();
  private final ServerProcess balancer;
  private final List<Path> smallDisks = new ArrayList<>();
  private final NodeProbe probe = new NodeProbe(Duration.ofSeconds(2));

  private FaultedCluster(Path directory, int groups, ClusterNetwork network) throws IOException {
    this.directory = directory;
    this.groups = groups;
    this.network = network;
    this.balancerAddress = "127.0.0.1:" + network.balancerPort();
    Path logs = Files.createDirectories(directory.resolve("logs"));
    Path config = directory.resolve("flotilla.yaml");
    Files.writeString(config, "bootstrap: true\n" + yaml());
    for (int node = 1; node <= groups * NODES_PER_GROUP; node++) {
      nodes.add(
          new ServerProcess(
              "n" + node,
              network.inside(node),
              List.of("node", "--config", config.toString(), "--name", "n" + node),
              logs.resolve("n" + node + ".out")));
    }
    balancer =
        new ServerProcess(
            "balancer",
            List.of(),
            List.of("balancer", "--config", config.toString()),
            logs.resolve("balancer.out"));
  }

  /** Starts everything and waits until it serves. */
  static FaultedCluster start(Path directory, int groups, ClusterNetwork network)
      throws IOException {
    FaultedCluster cluster = new FaultedCluster(directory, groups, network);
    try {
      cluster.nodes.forEach(ServerProcess::start);
      cluster.balancer.start();
      cluster.awaitHealthy();
      // Its groups have begun: who comes back without data has lost it.
      Files.writeString(directory.resolve("flotilla.yaml"), cluster.yaml());
      return cluster;
    } catch (IOException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /** Small segments and early compaction, so that a short run meets both. */
  private String yaml() {
    StringBuilder yaml = new StringBuilder(1024);
    yaml.append("cluster: ").append(NAME);
    yaml.append("\ndata-dir: ").append(directory).append("\ngroups:\n");
    for (int group = 1; group <= groups; group++) {
      int first = (group - 1) * NODES_PER_GROUP + 1;
      yaml.append(
          String.format(
              Locale.ROOT,
              "  - {name: g%d, nodes: [n%d, n%d, n%d]}%n",
              group,
              first,
              first + 1,
              first + 2));
    }
    yaml.append("nodes:\n");
    for (int node = 1; node <= groups * NODES_PER_GROUP; node++) {
      yaml.append(
          String.format(
              Locale.ROOT,
              "  - {name: n%d, grpc: \"%s:%d\", http: \"%s\"}%n",
              node,
              network.address(node),
              network.grpcPort(node),
              http(node)));
    }
    yaml.append("balancer: {http: \"").append(balancerAddress).append("\"}\n");
    yaml.append(
        """
        limits:
          segment-bytes: 4MiB
          compact-bytes: 4MiB
          keep-bytes: 256KiB
        """);
    return yaml.toString();
  }

  private String http(int node) {
    return network.address(node) + ":" + network.httpPort(node);
  }

  ClusterNetwork network() {
    return network;
  }

  /** The network, for the faults that {@linkplain Need#NAMESPACES need} it to separate nodes. */
  Namespaces namespaces() {
    return (Namespaces) network;
  }

  String balancerAddress() {
    return balancerAddress;
  }

  ServerProcess balancer() {
    return balancer;
  }

  List<ServerProcess> nodes() {
    return nodes;
  }

  ServerProcess node(int id) {
    return nodes.get(id - 1);
  }

  Path folder(int id) {
    return directory.resolve("n" + id);
  }

  Path directory() {
    return directory;
  }

  int groups() {
    return groups;
  }

  /** The members of the first group, which is the one that faults hurt. */
  List<Integer> victims() {
    return List.of(1, 2, 3);
  }

  /** The members of the first group that follow. */
  List<Integer> followers() {
    int leader = awaitLeader();
    return victims().stream().filter(node -> node != leader).toList();
  }

  String httpAddress(int node) {
    return http(node);
  }

  String grpcAddress(int node) {
    return network.address(node) + ":" + network.grpcPort(node);
  }

  List<NodeView> views(boolean stateHash) {
    return views(IntStream.rangeClosed(1, nodes.size()).boxed().toList(), stateHash);
  }

  private List<NodeView> views(List<Integer> ids, boolean stateHash) {
    Map<String, String> addresses = new LinkedHashMap<>();
    ids.forEach(id -> addresses.put("n" + id, http(id)));
    return probe.nodes(addresses, stateHash);
  }

  /** The first group's leader with the highest term, if any node says it leads. */
  Optional<Integer> leader() {
    return leader(views(false), -1).map(Led::node);
  }

  /** A leader and its term. */
  private record Led(int node, long term) {}

  private static Optional<Led> leader(List<NodeView> views, long afterTerm) {
    Optional<Led> leader = Optional.empty();
    long term = afterTerm;
    for (NodeView view : views) {
      for (NodeView.Replica replica : view.replicas()) {
        if (replica.group().equals("g1") && replica.leads() && replica.term() > term) {
          term = replica.term();
          leader = Optional.of(new Led(Integer.parseInt(view.node().substring(1)), term));
        }
      }
    }
    return leader;
  }

  /**
   * Waits until another member leads the first group in a later term. The old leader is not asked:
   * it may be in no state to answer, and asking would take its time.
   *
   * @param sinceNanos when the old leader was hurt
   */
  Takeover awaitTakeover(int from, long oldTerm, long sinceNanos) {
    List<Integer> others = victims().stream().filter(id -> id != from).toList();
    Led led =
        Awaitility.await("another leader of g1 than n" + from + " of term " + oldTerm)
            .atMost(Takeover.PATIENCE)
            .pollDelay(Duration.ZERO)
            .pollInterval(Duration.ofMillis(10))
            .until(() -> leader(views(others, false), oldTerm), Optional::isPresent)
            .orElseThrow();
    return new Takeover(from, oldTerm, led.node(), led.term(), System.nanoTime() - sinceNanos);
  }

  int awaitLeader() {
    return Awaitility.await("a leader of g1")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(this::leader, Optional::isPresent)
        .orElseThrow();
  }

  /**
   * Has the first group led by that node: whoever leads hands over to it.
   *
   * @throws IllegalStateException as soon as the node has ended
   */
  void makeLeader(int wanted) {
    Awaitility.await("n" + wanted + " leads")
        .atMost(Duration.ofSeconds(120))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> {
          if (!node(wanted).isAlive()) {
            throw new IllegalStateException("n" + wanted + " has ended");
          }
          int leader = awaitLeader();
          if (leader != wanted) {
            handOver(leader, wanted);
          }
          return leader().filter(id -> id == wanted).isPresent() && isHealthy();
        });
  }

  private void handOver(int from, int to) {
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(grpcAddress(from)).usePlaintext().build();
    try {
      AdminGrpc.newBlockingStub(channel)
          .withDeadlineAfter(10, TimeUnit.SECONDS)
          .transferLeadership(
              TransferLeadershipRequest.newBuilder()
                  .setGroup(1)
                  .setTarget(to)
                  .setTimeoutMillis(5_000)
                  .build());
    } catch (StatusRuntimeException e) {
      // Asked again as long as somebody else leads.
    } finally {
      channel.shutdownNow();
    }
  }

  /** How a node sees its replica of the first group; empty when it does not answer. */
  Optional<NodeView.Replica> replica(int node) {
    return views(false).get(node - 1).replicas().stream()
        .filter(replica -> replica.group().equals("g1"))
        .findFirst();
  }

  /** The first group's term as its members know it; the highest. */
  long term() {
    return views(false).stream()
        .flatMap(view -> view.replicas().stream())
        .filter(replica -> replica.group().equals("g1"))
        .mapToLong(NodeView.Replica::term)
        .max()
        .orElse(0);
  }

  /** Waits until everything runs, follows and has applied all there is. */
  void awaitHealthy() {
    awaitHealthy(START_PATIENCE);
  }

  void awaitHealthy(Duration patience) {
    Awaitility.await("healthy cluster in " + directory)
        .atMost(patience)
        .pollInterval(Duration.ofMillis(100))
        .until(this::isHealthy);
  }

  /** Whether everything runs, follows and has applied nearly all there is. */
  boolean isHealthy() {
    return isHealthy(views(false)) && probe.isReady(balancerAddress);
  }

  private boolean isHealthy(List<NodeView> views) {
    Map<String, Long> commits = new HashMap<>();
    Map<String, Integer> leaders = new HashMap<>();
    int replicas = 0;
    for (NodeView view : views) {
      for (NodeView.Replica replica : view.replicas()) {
        commits.merge(replica.group(), replica.commitIndex(), Math::max);
        leaders.merge(replica.group(), replica.leads() ? 1 : 0, Integer::sum);
        replicas++;
      }
    }
    // A follower of a busy group is a little behind at any moment.
    return replicas == nodes.size()
        && leaders.values().stream().allMatch(count -> count == 1)
        && views.stream()
            .flatMap(view -> view.replicas().stream())
            .allMatch(replica ->
                replica.leader() != null
                    && !replica.changing()
                    && (replica.leads() || replica.state().equals("FOLLOWER"))
                    && replica.appliedIndex() + 200 >= commits.getOrDefault(replica.group(), 0L));
  }

  /**
   * Waits until the replicas of each group say the same of their state. Nobody may be writing.
   *
   * @return a hash by group
   */
  Map<String, String> awaitEqualHashes() {
    Map<String, String> agreed = new TreeMap<>();
    Awaitility.await("equal state hashes")
        .atMost(Duration.ofSeconds(120))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> {
          agreed.clear();
          return agree(views(true), agreed);
        });
    return agreed;
  }

  private boolean agree(List<NodeView> views, Map<String, String> agreed) {
    int replicas = 0;
    for (NodeView view : views) {
      for (NodeView.Replica replica : view.replicas()) {
        String hash = replica.appliedIndex() + ":" + replica.stateHash();
        String other = agreed.putIfAbsent(replica.group(), hash);
        if (replica.stateHash() == null || (other != null && !other.equals(hash))) {
          return false;
        }
        replicas++;
      }
    }
    return replicas == nodes.size();
  }

  /**
   * Gives a node's folder a file system of its own, in memory, with all that is in it. The node is
   * stopped for it and started again.
   *
   * @param roomMib what is left beside what the folder holds
   */
  void moveToSmallDisk(int id, long roomMib) {
    ServerProcess node = node(id);
    node.end();
    Path folder = folder(id);
    Path aside = aside(folder);
    Host.run("mv", folder.toString(), aside.toString());
    Host.run("mkdir", folder.toString());
    long held = Long.parseLong(Host.run("du", "-sm", aside.toString()).split("\\s")[0]);
    String size = "size=" + (held + roomMib) + "m";
    Host.run("mount", "-t", "tmpfs", "-o", size, "flotilla-faults", folder.toString());
    smallDisks.add(folder);
    Host.run("cp", "-a", aside + "/.", folder.toString());
    Host.run("rm", "-rf", aside.toString());
    node.start();
    awaitHealthy();
  }

  /** The other way round. */
  void moveBackFromSmallDisk(int id) {
    ServerProcess node = node(id);
    node.end();
    Path folder = folder(id);
    Path aside = aside(folder);
    Host.run("cp", "-a", folder.toString(), aside.toString());
    Host.run("umount", folder.toString());
    smallDisks.remove(folder);
    Host.run("rmdir", folder.toString());
    Host.run("mv", aside.toString(), folder.toString());
    node.start();
    awaitHealthy();
  }

  private static Path aside(Path folder) {
    return folder.resolveSibling(folder.getFileName() + ".aside");
  }

  @Override
  public void close() {
    balancer.end();
    List<Thread> ending = new ArrayList<>();
    for (ServerProcess node : nodes) {
      ending.add(Thread.ofVirtual().start(node::end));
    }
    for (Thread thread : ending) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    probe.close();
    network.close();
    for (Path disk : smallDisks) {
      Host.attempt("umount", disk.toString());
    }
  }
}
