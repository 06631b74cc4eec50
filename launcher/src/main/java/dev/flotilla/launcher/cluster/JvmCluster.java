package dev.flotilla.launcher.cluster;

import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.launcher.node.BalancerInstance;
import dev.flotilla.launcher.node.NodeInstance;
import dev.flotilla.launcher.node.NodeResources;
import dev.flotilla.raft.runtime.RaftNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All nodes and the balancer in this JVM, sharing event loops and the state engines' memory. */
public final class JvmCluster implements RunningCluster {
  private static final Logger LOG = LoggerFactory.getLogger(JvmCluster.class);

  private final ClusterConfig config;
  private final NodeResources shared;
  private final Map<String, NodeInstance> nodes;
  private final BalancerInstance balancer;

  private JvmCluster(
      ClusterConfig config,
      NodeResources shared,
      Map<String, NodeInstance> nodes,
      BalancerInstance balancer) {
    this.config = config;
    this.shared = shared;
    this.nodes = nodes;
    this.balancer = balancer;
  }

  private static int replicas(ClusterConfig config) {
    return config.nodes().stream().mapToInt(node -> config.groupsOf(node).size()).sum();
  }

  /**
   * Starts everything side by side; what was started ends again when one part cannot start.
   *
   * @param chaos whether nodes may be cut off from each other
   * @param operator what people may do at the balancer beside the data
   */
  public static JvmCluster start(
      ClusterConfig config,
      boolean chaos,
      BalancerInstance.Operator operator,
      RaftNode.FatalHandler fatal)
      throws IOException {
    NodeResources shared = NodeResources.create(config.nodes().size(), replicas(config));
    Map<String, NodeInstance> nodes = new ConcurrentHashMap<>();
    List<CompletableFuture<Void>> starts = new ArrayList<>();
    CompletableFuture<BalancerInstance> balancer;
    // Platform threads: RocksDB's calls would pin virtual ones.
    try (ExecutorService starters =
        Executors.newFixedThreadPool(
            Runtime.getRuntime().availableProcessors() + 1,
            Thread.ofPlatform().daemon().name("start-", 0).factory())) {
      balancer =
          CompletableFuture.supplyAsync(() -> startBalancer(config, operator, shared), starters);
      for (ClusterConfig.Node node : config.nodes()) {
        starts.add(
            CompletableFuture.runAsync(
                () -> nodes.put(node.name(), startNode(config, node, shared, chaos, fatal)),
                starters));
      }
    }
    try {
      for (CompletableFuture<Void> start : starts) {
        start.join();
      }
      return new JvmCluster(config, shared, nodes, balancer.join());
    } catch (CompletionException e) {
      nodes.values().forEach(node -> end(node, 0));
      if (!balancer.isCompletedExceptionally()) {
        balancer.join().close();
      }
      shared.close();
      throw cause(e);
    }
  }

  private static NodeInstance startNode(
      ClusterConfig config,
      ClusterConfig.Node node,
      NodeResources shared,
      boolean chaos,
      RaftNode.FatalHandler fatal) {
    try {
      return NodeInstance.start(config, node, shared, chaos, fatal);
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  private static BalancerInstance startBalancer(
      ClusterConfig config, BalancerInstance.Operator operator, NodeResources shared) {
    try {
      return BalancerInstance.start(config, operator, shared.network());
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  private static IOException cause(CompletionException failure) {
    return switch (failure.getCause()) {
      case IOException io -> io;
      case RuntimeException runtime -> throw runtime;
      case Error error -> throw error;
      case null, default -> new IOException(failure);
    };
  }

  @Override
  public List<String> nodeArguments() {
    return List.of();
  }

  @Override
  public long pidOf(int node) {
    return ProcessHandle.current().pid();
  }

  @Override
  public long balancerPid() {
    return ProcessHandle.current().pid();
  }

  @Override
  public boolean stop(Duration budget) {
    long deadline = System.nanoTime() + budget.toNanos();
    AtomicBoolean orderly = new AtomicBoolean(true);
    balancer.close();
    Map<List<String>, Thread> groups = new LinkedHashMap<>();
    for (List<String> sequence : StopOrder.of(config)) {
      Runnable stop = () -> stopInTurn(sequence, deadline, orderly);
      groups.put(sequence, Thread.ofPlatform().daemon().name("stop").start(stop));
    }
    for (Thread group : groups.values()) {
      try {
        long left = Math.max(1, (deadline - System.nanoTime()) / 1_000_000);
        if (!group.join(Duration.ofMillis(left))) {
          orderly.set(false);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    if (orderly.get()) {
      // Only when nothing uses them any more; otherwise the process ends without.
      shared.close();
    }
    return orderly.get();
  }

  /** Each node may take what is left, shared with those that follow it. */
  private void stopInTurn(List<String> sequence, long deadline, AtomicBoolean orderly) {
    for (int i = 0; i < sequence.size(); i++) {
      NodeInstance node = nodes.get(sequence.get(i));
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (node != null && !end(node, Math.max(1, left / (sequence.size() - i)))) {
        orderly.set(false);
      }
    }
  }

  private static boolean end(NodeInstance node, long timeoutMillis) {
    try {
      node.shutdown(timeoutMillis);
      return true;
    } catch (IOException | RuntimeException e) {
      LOG.warn("event=stop-failed", e);
      return false;
    }
  }
}
