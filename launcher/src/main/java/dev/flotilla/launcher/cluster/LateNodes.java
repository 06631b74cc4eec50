package dev.flotilla.launcher.cluster;

import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.launcher.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Nodes that joined a local cluster while it runs: each wrote itself into the cluster file and is a
 * process that somebody started by hand ({@code flotilla node n10 --join g1}). They are noticed,
 * listed and ended with the cluster; the next {@code flotilla up} starts them like all others.
 */
public final class LateNodes implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LateNodes.class);
  private static final long LOOK_MILLIS = 400;

  /** Told on the watching thread. */
  public interface Listener {
    void joined(String name, long pid);

    void ended(String name, long pid);
  }

  private final DataDirectory directory;
  private final String clusterId;
  private final Set<Integer> fromTheStart;
  private final Listener listener;
  private final NodeProbe probe = new NodeProbe(Duration.ofSeconds(1));
  private final Map<Integer, Long> pids = new ConcurrentHashMap<>();
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("late-nodes").factory());
  private volatile List<ClusterConfig.Node> nodes = List.of();
  private @Nullable Object lastSeen;

  /**
   * @param started what the cluster was started with
   */
  public LateNodes(DataDirectory directory, ClusterConfig started, Listener listener) {
    this.directory = directory;
    this.clusterId = started.clusterId();
    this.fromTheStart =
        started.nodes().stream().map(ClusterConfig.Node::id).collect(Collectors.toSet());
    this.listener = listener;
  }

  /** Begins to look. */
  public void start() {
    watch.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void look() {
    try {
      readIfChanged();
      askEach();
    } catch (IOException | RuntimeException e) {
      // The next look may see more; a watch that ends here would see nothing any more.
      LOG.warn("event=late-nodes-not-seen", e);
    }
  }

  private void readIfChanged() throws IOException {
    BasicFileAttributes attributes =
        Files.readAttributes(directory.configFile(), BasicFileAttributes.class);
    // The file is replaced, never changed in place: another file has another key.
    Object seen = List.of(attributes.lastModifiedTime(), String.valueOf(attributes.fileKey()));
    if (seen.equals(lastSeen)) {
      return;
    }
    lastSeen = seen;
    try {
      nodes =
          directory.stored().stream()
              .flatMap(config -> config.nodes().stream())
              .filter(node -> !fromTheStart.contains(node.id()))
              .toList();
    } catch (ConfigException e) {
      LOG.warn("event=cluster-file-not-read problem=\"{}\"", e.text());
    }
  }

  private void askEach() {
    List<ClusterConfig.Node> now = nodes;
    if (now.isEmpty()) {
      return;
    }
    Map<String, String> addresses = new LinkedHashMap<>();
    now.forEach(node -> addresses.put(node.name(), node.http().advertise().toString()));
    List<NodeView> views = probe.nodes(addresses, false);
    for (int i = 0; i < now.size(); i++) {
      ClusterConfig.Node node = now.get(i);
      NodeView view = views.get(i);
      boolean answers =
          view.problem() == null && view.cluster().equals(clusterId) && view.pid() > 0;
      Long known = pids.get(node.id());
      if (known != null && !isRunning(known)) {
        pids.remove(node.id());
        listener.ended(node.name(), known);
        known = null;
      }
      if (answers && (known == null || known != view.pid())) {
        pids.put(node.id(), view.pid());
        listener.joined(node.name(), view.pid());
      }
    }
  }

  private static boolean isRunning(long pid) {
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
  }

  /** Those that joined since the start, running or not. */
  public List<ClusterConfig.Node> nodes() {
    return nodes;
  }

  /** 0 while it is down. */
  public long pidOf(int node) {
    Long pid = pids.get(node);
    return pid != null && isRunning(pid) ? pid : 0;
  }

  /**
   * Asks each to hand over and end, one after the other.
   *
   * @return whether all did within the budget
   */
  public boolean stop(Duration budget) {
    watch.shutdownNow();
    long deadline = System.nanoTime() + budget.toNanos();
    boolean all = true;
    for (ClusterConfig.Node node : nodes) {
      ProcessHandle process = ProcessHandle.of(pidOf(node.id())).orElse(null);
      if (process == null || !process.destroy()) {
        continue;
      }
      try {
        process.onExit().get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      } catch (ExecutionException | TimeoutException e) {
        all = false;
      }
    }
    return all;
  }

  @Override
  public void close() {
    watch.shutdownNow();
    probe.close();
  }
}
