package dev.flotilla.launcher.cluster;

import dev.flotilla.launcher.Version;
import dev.flotilla.launcher.cluster.ClusterFile.BalancerEntry;
import dev.flotilla.launcher.cluster.ClusterFile.NodeEntry;
import dev.flotilla.launcher.config.ClusterConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Keeps {@code cluster.json} true while the cluster runs. */
public final class ClusterFileKeeper implements AutoCloseable {
  private final DataDirectory directory;
  private final ClusterConfig config;
  private final boolean processes;
  private final RunningCluster cluster;
  private final LateNodes late;
  private final long startedMillis = System.currentTimeMillis();
  private boolean closed;

  public ClusterFileKeeper(
      DataDirectory directory,
      ClusterConfig config,
      boolean processes,
      RunningCluster cluster,
      LateNodes late) {
    this.directory = directory;
    this.config = config;
    this.processes = processes;
    this.cluster = cluster;
    this.late = late;
  }

  /** Writes the file as things are now. */
  public synchronized void update() throws IOException {
    if (closed) {
      return;
    }
    Path path = directory.path();
    new ClusterFile(
            config.clusterId(),
            Version.text(),
            ProcessHandle.current().pid(),
            processes,
            startedMillis,
            directory.configFile().toString(),
            Stream.concat(
                    config.nodes().stream().map(node -> entry(node, cluster.pidOf(node.id()))),
                    late.nodes().stream().map(node -> entry(node, late.pidOf(node.id()))))
                .toList(),
            new BalancerEntry(cluster.balancerPid(), config.balancer().advertise().toString()),
            cluster.nodeArguments())
        .write(path);
  }

  private NodeEntry entry(ClusterConfig.Node node, long pid) {
    return new NodeEntry(
        node.id(),
        node.name(),
        config.groupsOf(node).stream()
            .map(ClusterConfig.Group::name)
            .collect(Collectors.joining(",")),
        pid,
        node.grpc().advertise().toString(),
        node.http().advertise().toString(),
        node.directory().toString());
  }

  /** Deletes the file. */
  @Override
  public synchronized void close() throws IOException {
    closed = true;
    ClusterFile.delete(directory.path());
  }
}
