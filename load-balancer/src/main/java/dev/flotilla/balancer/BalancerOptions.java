package dev.flotilla.balancer;

import dev.flotilla.balancer.http.HttpLimits;
import dev.flotilla.balancer.routing.RouterOptions;
import dev.flotilla.client.Network;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a balancer needs to know.
 *
 * @param clusterId nodes of another cluster refuse its streams
 * @param host address to listen on
 * @param port 0 = any free one
 * @param ringEpoch of the slot table that the ring of {@code groups} results in
 * @param version shown in {@code flotilla_build_info}
 * @param drain how long closing waits for requests under way
 * @param localNodes to be hurt from the dashboard; null = nobody may
 * @param grafana where its dashboards are, for a link; null = nowhere
 * @param process what to measure of the process this balancer runs in
 * @param network event loops to share; null = the balancer makes and closes its own
 */
public record BalancerOptions(
    String clusterId,
    String host,
    int port,
    List<GroupPlacement> groups,
    long ringEpoch,
    String version,
    HttpLimits limits,
    RouterOptions routing,
    Duration drain,
    @Nullable LocalNodes localNodes,
    @Nullable String grafana,
    MeterBinder process,
    @Nullable Network network) {

  public BalancerOptions {
    groups = List.copyOf(groups);
  }

  /** The same with every limit at its default. */
  public static BalancerOptions of(
      String clusterId,
      String host,
      int port,
      List<GroupPlacement> groups,
      long ringEpoch,
      String version,
      @Nullable Network network) {
    return new BalancerOptions(
        clusterId,
        host,
        port,
        groups,
        ringEpoch,
        version,
        HttpLimits.defaults(),
        RouterOptions.defaults(),
        Duration.ofSeconds(3),
        null,
        null,
        registry -> {},
        network);
  }
}
