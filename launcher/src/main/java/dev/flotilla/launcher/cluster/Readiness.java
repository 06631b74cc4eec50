package dev.flotilla.launcher.cluster;

import dev.flotilla.launcher.config.ClusterConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Waits until the cluster serves: every group has a leader that has applied its own first entry,
 * and the balancer is ready.
 */
public final class Readiness {
  private static final long POLL_MILLIS = 40;

  private final ClusterConfig config;
  private final NodeProbe probe;

  public Readiness(ClusterConfig config, NodeProbe probe) {
    this.config = config;
    this.probe = probe;
  }

  /** What was found at the end. {@code missing} is empty when the cluster serves. */
  public record Found(List<NodeView> nodes, List<String> missing) {
    public boolean serves() {
      return missing.isEmpty();
    }
  }

  /**
   * Polls until the cluster serves, the patience ends, or there is no point in waiting any more.
   *
   * @param pointless checked between polls
   */
  public Found await(Duration patience, BooleanSupplier pointless, Consumer<String> progress)
      throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      Found found = look();
      if (found.serves() || pointless.getAsBoolean() || System.nanoTime() - deadline >= 0) {
        return found;
      }
      progress.accept("waiting for " + String.join(", ", found.missing()));
      Thread.sleep(POLL_MILLIS);
    }
  }

  private Found look() {
    Map<String, String> addresses = new LinkedHashMap<>();
    config.nodes().forEach(node -> addresses.put(node.name(), node.http().advertise().toString()));
    List<NodeView> views = probe.nodes(addresses, false);
    List<String> missing = new ArrayList<>();
    for (ClusterConfig.Group group : config.groups()) {
      if (!hasLeader(views, group.name())) {
        missing.add(group.name());
      }
    }
    if (missing.isEmpty() && !probe.isReady(config.balancer().advertise().toString())) {
      missing.add("the balancer");
    }
    return new Found(views, missing);
  }

  private static boolean hasLeader(List<NodeView> views, String group) {
    return views.stream()
        .flatMap(view -> view.replicas().stream())
        .anyMatch(replica ->
            replica.group().equals(group) && replica.leads() && replica.appliedIndex() > 0);
  }
}
