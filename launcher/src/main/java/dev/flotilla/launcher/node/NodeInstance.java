package dev.flotilla.launcher.node;

import dev.flotilla.client.Network;
import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.Version;
import dev.flotilla.launcher.chaos.CuttableTransport;
import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.proto.admin.v1.EventKind;
import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.TransferLeadershipReply;
import dev.flotilla.proto.admin.v1.TransferLeadershipRequest;
import dev.flotilla.raft.core.Membership;
import dev.flotilla.raft.env.DirectoryInUseException;
import dev.flotilla.raft.env.DirectoryLock;
import dev.flotilla.raft.env.DiskFullException;
import dev.flotilla.raft.env.NioDisk;
import dev.flotilla.raft.env.NodeIdentityException;
import dev.flotilla.raft.env.NodeIdentityFile;
import dev.flotilla.raft.env.RandomStreams;
import dev.flotilla.raft.env.SystemClock;
import dev.flotilla.raft.env.SystemStreams;
import dev.flotilla.raft.fsm.StateStorageException;
import dev.flotilla.raft.log.ForeignLogException;
import dev.flotilla.raft.log.LogDamagedException;
import dev.flotilla.raft.log.ReplicaDamagedException;
import dev.flotilla.raft.runtime.NodeEnvironment;
import dev.flotilla.raft.runtime.NodeOptions;
import dev.flotilla.raft.runtime.RaftNode;
import dev.flotilla.raft.runtime.ReplicaSpec;
import dev.flotilla.raft.transport.GrpcTransport;
import dev.flotilla.raft.transport.NodeServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node of the cluster file, running in this JVM: its folder locked and known to be its own, its
 * replicas, its gRPC server, its HTTP side door.
 */
public final class NodeInstance implements NodeAdmin {
  private static final Logger LOG = LoggerFactory.getLogger(NodeInstance.class);

  /** Folders that exist only once a node has lived in a directory. */
  private static final List<String> DATA_FOLDERS = List.of("wal", "groups");

  private final ClusterConfig.Node self;
  private final DirectoryLock lock;
  private final RaftNode node;
  private final NodeAdmin admin;
  private final NodeServer server;
  private final NodeHttp http;

  private NodeInstance(
      ClusterConfig.Node self,
      DirectoryLock lock,
      RaftNode node,
      NodeAdmin admin,
      NodeServer server,
      NodeHttp http) {
    this.self = self;
    this.lock = lock;
    this.node = node;
    this.admin = admin;
    this.server = server;
    this.http = http;
  }

  /**
   * Recovers the node and serves.
   *
   * @param chaos whether the node may be cut off from others through its HTTP port
   * @throws Failure with exit code 70 when its disk is damaged or another node's
   */
  public static NodeInstance start(
      ClusterConfig config,
      ClusterConfig.Node self,
      NodeResources shared,
      boolean chaos,
      RaftNode.FatalHandler fatal)
      throws IOException {
    try (Undo undo = new Undo()) {
      DirectoryLock lock = undo.add(lock(self));
      NioDisk disk = new NioDisk(self.directory());
      RandomStreams random = new SystemStreams();
      NodeIdentityFile identity = identity(config, self, disk, random);
      GrpcTransport transport =
          new GrpcTransport(
              self.id(), identity.identity().incarnation(), config.clusterId(), shared.network());
      CuttableTransport cuttable = chaos ? new CuttableTransport(transport) : null;
      KvStateMachines stateMachines = new KvStateMachines(config, shared, disk);
      RaftNode node =
          recovered(
              self,
              options(config, self),
              new NodeEnvironment(
                  new SystemClock(), disk, cuttable == null ? transport : cuttable, random),
              hostedBy(config, self).stream()
                  .map(group ->
                      new ReplicaSpec(
                          group.id(),
                          group.name(),
                          founders(group, self),
                          config.bootstrap(),
                          stateMachines.of(group)))
                  .toList(),
              fatal);
      undo.add(node);
      NodeServer server =
          undo.add(
              NodeServer.start(
                  self.grpc().listen().host(),
                  self.grpc().listen().port(),
                  config.clusterId(),
                  transport,
                  node,
                  shared.network()));
      NodeAdmin admin = admin(config, self, node, server, shared.network(), stateMachines);
      NodeHttp http = undo.add(NodeHttp.start(config, self, admin, cuttable));
      node.events().follow(new AuditLog(self.name()));
      node.events().tell(EventKind.EVENT_KIND_STARTED, configuration(config, self));
      undo.forget();
      LOG.info(
          "event=node-started node={} grpc={} http={} directory={}",
          self.name(),
          self.grpc().listen(),
          self.http().listen(),
          self.directory());
      return new NodeInstance(self, lock, node, admin, server, http);
    }
  }

  /** What an auditor asks first of a node that started: with which settings. */
  private static String configuration(ClusterConfig config, ClusterConfig.Node self) {
    ClusterConfig.Tuning tuning = config.tuning();
    return self.name()
        + " runs "
        + Version.text()
        + " for "
        + hostedBy(config, self).stream()
            .map(ClusterConfig.Group::name)
            .collect(Collectors.joining(" "))
        + ", bootstrap="
        + config.bootstrap()
        + ", heartbeat "
        + millis(tuning.raft().heartbeatNanos())
        + ", elections after "
        + millis(tuning.raft().electionTimeoutMinNanos())
        + " to "
        + millis(tuning.raft().electionTimeoutMaxNanos())
        + ", log of at most "
        + tuning.limits().maxWalBytes()
        + " bytes";
  }

  private static String millis(long nanos) {
    return nanos / 1_000_000 + " ms";
  }

  private static NodeIdentityFile identity(
      ClusterConfig config, ClusterConfig.Node self, NioDisk disk, RandomStreams random) {
    try {
      return NodeIdentityFile.openOrCreate(
          disk, config.clusterId(), self.id(), random.stream("incarnation"), DATA_FOLDERS);
    } catch (IOException e) {
      throw refused(self, e);
    }
  }

  private static RaftNode recovered(
      ClusterConfig.Node self,
      NodeOptions options,
      NodeEnvironment env,
      List<ReplicaSpec> replicas,
      RaftNode.FatalHandler fatal) {
    try {
      return RaftNode.start(options, env, replicas, fatal);
    } catch (IOException | UncheckedIOException | StateStorageException e) {
      throw refused(self, e);
    }
  }

  /** What the node found cannot be trusted, or its disk does not answer. */
  private static Failure refused(ClusterConfig.Node self, Exception cause) {
    LOG.error("event=node-refused node={}", self.name(), cause);
    boolean untrusted =
        cause instanceof LogDamagedException
            || cause instanceof ReplicaDamagedException
            || cause instanceof ForeignLogException
            || cause instanceof NodeIdentityException;
    String advice =
        untrusted
            ? "Its folder "
                + self.directory()
                + " cannot be trusted. The other nodes have its data: move the folder away and"
                + " start "
                + self.name()
                + " again, and it rejoins its groups by itself."
            : DiskFullException.isCauseOf(cause)
                ? "There is no room left in " + self.directory() + ". Make some, and start again."
                : "The disk under " + self.directory() + " failed. Look at the machine's log.";
    return new Failure(
        ExitCode.STORAGE, self.name() + " does not start: " + cause.getMessage(), advice, cause);
  }

  private static DirectoryLock lock(ClusterConfig.Node self) throws IOException {
    try {
      return DirectoryLock.acquire(self.directory());
    } catch (DirectoryInUseException e) {
      throw new Failure(
          ExitCode.FAILED,
          self.name() + " runs already: pid " + e.holderPid() + " holds " + self.directory() + ".",
          "Stop that one first.",
          e);
    }
  }

  /**
   * The groups to open: those the cluster file names for the node, and those it has lived in. A
   * member must not be lost to its group because somebody forgot to say {@code --join} again.
   */
  static List<ClusterConfig.Group> hostedBy(ClusterConfig config, ClusterConfig.Node self) {
    List<ClusterConfig.Group> named = config.groupsOf(self);
    List<ClusterConfig.Group> hosted = new ArrayList<>();
    for (ClusterConfig.Group group : config.groups()) {
      boolean lived = hasLivedIn(group, self);
      if (lived && !named.contains(group)) {
        LOG.info("event=group-hosted-as-before node={} group={}", self.name(), group.name());
      }
      if (lived || named.contains(group)) {
        hosted.add(group);
      }
    }
    return hosted;
  }

  /** A group begins with the nodes its file names; whoever comes later is told who they are. */
  private static Membership founders(ClusterConfig.Group group, ClusterConfig.Node self) {
    return group.nodes().contains(self.id())
        ? Membership.ofVoters(new TreeSet<>(group.nodes()))
        : Membership.EMPTY;
  }

  /**
   * The groups the node was a founder of, and holds nothing of although they are said to have begun
   * already. It waits for their members, who have the data.
   */
  public static List<ClusterConfig.Group> lostBy(ClusterConfig config, ClusterConfig.Node self) {
    return config.groups().stream()
        .filter(group -> !config.bootstrap() && group.nodes().contains(self.id()))
        .filter(group -> !hasLivedIn(group, self))
        .toList();
  }

  private static boolean hasLivedIn(ClusterConfig.Group group, ClusterConfig.Node self) {
    return Files.isDirectory(self.directory().resolve("groups/g" + group.id()));
  }

  private static NodeOptions options(ClusterConfig config, ClusterConfig.Node self) {
    ClusterConfig.Tuning tuning = config.tuning();
    return new NodeOptions(
        self.id(),
        self.name(),
        config.clusterId(),
        config.grpcAddresses(),
        tuning.raft(),
        tuning.wal(),
        tuning.snapshots(),
        tuning.limits());
  }

  private static NodeAdmin admin(
      ClusterConfig config,
      ClusterConfig.Node self,
      RaftNode node,
      NodeServer server,
      Network network,
      KvStateMachines stateMachines) {
    Map<Integer, String> groupNames = new TreeMap<>();
    config.groups().forEach(group -> groupNames.put(group.id(), group.name()));
    NodeMeters meters = new NodeMeters(self.name(), groupNames, node.metrics());
    ProcessMeters.begin();
    meters.doors(server, network);
    meters.disk(self.directory());
    meters.keys(stateMachines::stats);
    return new NodeAdmin() {
      @Override
      public String meters() {
        return meters.scrape() + ProcessMeters.scrape();
      }

      @Override
      public CompletableFuture<NodeStatus> status(boolean stateHash) {
        return node.status(stateHash);
      }

      @Override
      public CompletableFuture<TransferLeadershipReply> transferLeadership(
          TransferLeadershipRequest request) {
        return node.transferLeadership(request);
      }
    };
  }

  @Override
  public CompletableFuture<NodeStatus> status(boolean stateHash) {
    return admin.status(stateHash);
  }

  @Override
  public String meters() {
    return admin.meters();
  }

  @Override
  public CompletableFuture<TransferLeadershipReply> transferLeadership(
      TransferLeadershipRequest request) {
    return admin.transferLeadership(request);
  }

  /** Hands over what it leads, answers what is in flight, flushes, ends. Bounded. */
  public void shutdown(long timeoutMillis) throws IOException {
    LOG.info("event=node-stopping node={}", self.name());
    node.events()
        .tell(EventKind.EVENT_KIND_STOPPING, self.name() + " hands over, flushes and stops");
    http.close();
    node.shutdown(timeoutMillis);
    server.close();
    lock.close();
    LOG.info("event=node-stopped node={}", self.name());
  }
}
