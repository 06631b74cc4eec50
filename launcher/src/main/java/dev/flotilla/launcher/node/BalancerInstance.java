package dev.flotilla.launcher.node;

import dev.flotilla.balancer.BalancerOptions;
import dev.flotilla.balancer.BalancerServer;
import dev.flotilla.balancer.GroupPlacement;
import dev.flotilla.balancer.LocalNodes;
import dev.flotilla.balancer.http.HttpLimits;
import dev.flotilla.balancer.routing.RouterOptions;
import dev.flotilla.client.Network;
import dev.flotilla.launcher.Version;
import dev.flotilla.launcher.config.ClusterConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A balancer for the cluster file, running in this JVM. */
public final class BalancerInstance implements AutoCloseable {
  /** Shorter than the launcher's whole budget for stopping, of which nodes need the larger part. */
  private static final Duration DRAIN = Duration.ofMillis(1_000);

  private final BalancerServer server;

  /**
   * What the dashboard offers beyond looking.
   *
   * @param localNodes nodes that may be hurt from it; null = none
   * @param grafana where its dashboards are, for a link; null = nowhere
   */
  public record Operator(@Nullable LocalNodes localNodes, @Nullable String grafana) {
    public static final Operator PLAIN = new Operator(null, null);
  }

  private BalancerInstance(BalancerServer server) {
    this.server = server;
  }

  /**
   * Binds and serves; does not wait for nodes.
   *
   * @param operator what people may see and do there beside the data
   * @param network event loops to share; null = the balancer's own
   */
  public static BalancerInstance start(
      ClusterConfig config, Operator operator, @Nullable Network network) throws IOException {
    HttpLimits limits = HttpLimits.defaults();
    return new BalancerInstance(
        BalancerServer.start(
            new BalancerOptions(
                config.clusterId(),
                config.balancer().listen().host(),
                config.balancer().listen().port(),
                config.groups().stream().map(group -> placement(config, group)).toList(),
                RingSlots.GENESIS_EPOCH,
                Version.text(),
                new HttpLimits(
                    config.tuning().maxKeyBytes(),
                    config.tuning().maxValueBytes(),
                    limits.maxBatchBytes(),
                    limits.maxInFlight(),
                    limits.maxInFlightBytes(),
                    Duration.ofMillis(config.tuning().limits().defaultTimeoutMillis())),
                RouterOptions.defaults(),
                DRAIN,
                operator.localNodes(),
                operator.grafana(),
                new ProcessMeters(),
                network)));
  }

  private static GroupPlacement placement(ClusterConfig config, ClusterConfig.Group group) {
    Map<Integer, String> members = new LinkedHashMap<>();
    // Where to ask first: who the members really are is learnt from them.
    config
        .hostsOf(group)
        .forEach(node -> members.put(node.id(), node.grpc().advertise().toString()));
    return new GroupPlacement(group.id(), group.name(), group.weight(), members);
  }

  @Override
  public void close() {
    server.close();
  }
}
