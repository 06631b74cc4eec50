package dev.flotilla.balancer;

import dev.flotilla.balancer.http.ClusterName;
import dev.flotilla.balancer.http.OperatorDoor;
import dev.flotilla.balancer.http.RequestMetrics;
import dev.flotilla.balancer.http.TrafficMeter;
import dev.flotilla.balancer.http.WebServer;
import dev.flotilla.balancer.ring.RingGroup;
import dev.flotilla.balancer.ring.SlotTable;
import dev.flotilla.balancer.routing.GroupMembers;
import dev.flotilla.balancer.routing.GroupView;
import dev.flotilla.balancer.routing.KvService;
import dev.flotilla.balancer.routing.Router;
import dev.flotilla.balancer.routing.RouterEnvironment;
import dev.flotilla.balancer.routing.RouterOptions;
import dev.flotilla.balancer.view.ClusterWatch;
import dev.flotilla.balancer.wire.GrpcClusterAdmin;
import dev.flotilla.balancer.wire.GrpcConnections;
import dev.flotilla.balancer.wire.LostAnswerGuard;
import dev.flotilla.balancer.wire.ThreadTimer;
import dev.flotilla.client.Network;
import dev.flotilla.client.NodeClient;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.Info;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running balancer. Several may run in one process. */
public final class BalancerServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BalancerServer.class);

  private final WebServer web;
  private final GrpcConnections connections;
  private final Watching watching;

  /** What an answer may take beyond its deadline. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final ThreadTimer timer;
  private final PrometheusMeterRegistry registry;
  private final @Nullable Network ownNetwork;

  private BalancerServer(
      WebServer web,
      GrpcConnections connections,
      Watching watching,
      ThreadTimer timer,
      PrometheusMeterRegistry registry,
      @Nullable Network ownNetwork) {
    this.web = web;
    this.connections = connections;
    this.watching = watching;
    this.timer = timer;
    this.registry = registry;
    this.ownNetwork = ownNetwork;
  }

  /**
   * Binds and serves. Does not wait for nodes: {@code /readyz} says when every group has a leader.
   *
   * @throws IOException naming the address when it cannot be bound
   */
  public static BalancerServer start(BalancerOptions options) throws IOException {
    Network ownNetwork = options.network() == null ? new Network(1) : null;
    Network network = options.network() == null ? ownNetwork : options.network();
    if (network == null) {
      throw new IllegalStateException("one of the two is there");
    }
    SlotTable slots = slots(options);
    List<GroupMembers> groups = groups(options);
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    RequestMetrics metrics = new RequestMetrics(registry, views(groups, slots));
    ThreadTimer timer = new ThreadTimer("balancer-timer");
    GrpcConnections connections =
        new GrpcConnections(
            addresses(options), NodeClient.Options.of(options.clusterId()), network);
    RouterOptions routing = options.routing().withDefaultTimeout(options.limits().maxTimeout());
    Router router =
        new Router(
            slots,
            groups,
            connections,
            new RouterEnvironment(System::nanoTime, timer, new SecureRandom()),
            routing,
            metrics);
    registerGauges(registry, router, options.version());
    options.process().bindTo(registry);
    Watching watching = Watching.of(router, metrics, timer, network);
    // The first request shall find leaders known and streams open; and event loops that start with
    // a request would
    // belong to the web application.
    router.warmUp();
    router.followMembers();
    try {
      WebServer web =
          WebServer.start(
              options.host(),
              options.port(),
              guarded(router, timer, options.limits().maxTimeout()),
              new ClusterName(options.clusterId()),
              options.limits(),
              registry,
              new OperatorDoor(
                  watching.admin(),
                  watching.watch(),
                  options.localNodes(),
                  options.version(),
                  options.grafana()),
              options.drain());
      log.info(
          "balancer of cluster {} listens on {}:{}, {} groups, ring epoch {}",
          options.clusterId(),
          options.host(),
          web.port(),
          groups.size(),
          slots.epoch());
      return new BalancerServer(web, connections, watching, timer, registry, ownNetwork);
    } catch (IOException | RuntimeException e) {
      watching.close();
      close(connections, timer, registry, ownNetwork);
      throw e;
    }
  }

  /** What looks at the cluster for those who watch. */
  private record Watching(GrpcClusterAdmin admin, ClusterWatch watch) implements AutoCloseable {
    static Watching of(Router router, RequestMetrics metrics, ThreadTimer timer, Network network) {
      GrpcClusterAdmin admin = new GrpcClusterAdmin(network);
      return new Watching(
          admin,
          new ClusterWatch(
              router,
              admin,
              timer,
              System::currentTimeMillis,
              new TrafficMeter(metrics, router::inFlight, System::nanoTime)));
    }

    @Override
    public void close() {
      watch.close();
      admin.close();
    }
  }

  private static KvService guarded(KvService router, ThreadTimer timer, Duration maxTimeout) {
    return new LostAnswerGuard(
        router,
        timer,
        maxTimeout.plus(GRACE),
        lost ->
            log.error(
                "routing lost {} requests; they were answered INTERNAL, outcome unknown", lost));
  }

  private static SlotTable slots(BalancerOptions options) {
    return SlotTable.fromRing(
        options.groups().stream()
            .map(group -> new RingGroup(group.id(), group.name(), group.weight()))
            .toList(),
        options.ringEpoch());
  }

  private static List<GroupMembers> groups(BalancerOptions options) {
    List<GroupMembers> groups = new ArrayList<>();
    for (GroupPlacement group : options.groups()) {
      List<GroupView.Member> members = new ArrayList<>();
      group.members().forEach((node, address) -> members.add(new GroupView.Member(node, address)));
      groups.add(new GroupMembers(group.id(), group.name(), members));
    }
    return groups;
  }

  private static List<GroupView> views(List<GroupMembers> groups, SlotTable slots) {
    return groups.stream()
        .map(group ->
            new GroupView(
                group.id(), group.name(), null, 0, slots.slotCount(group.id()), group.members()))
        .toList();
  }

  private static Map<Integer, String> addresses(BalancerOptions options) {
    Map<Integer, String> addresses = new HashMap<>();
    for (GroupPlacement group : options.groups()) {
      group
          .members()
          .forEach((node, address) -> {
            String other = addresses.put(node, address);
            if (other != null && !other.equals(address)) {
              throw new IllegalArgumentException(
                  "node " + node + " has two addresses: " + other + " and " + address);
            }
          });
    }
    return addresses;
  }

  private static void registerGauges(
      PrometheusMeterRegistry registry, Router router, String version) {
    for (CircuitBreaker breaker : router.breakers()) {
      Gauge.builder("flotilla_balancer_circuit_state", breaker, BalancerServer::circuitState)
          .description("A group's circuit breaker: 0 closed, 1 half open, 2 open.")
          .tag("group", breaker.getName())
          .register(registry);
    }
    int slots = dev.flotilla.slot.Slots.COUNT;
    for (GroupView group : router.groups()) {
      double share = group.slots() / (double) slots;
      Gauge.builder("flotilla_ring_share_ratio", () -> share)
          .description("Share of all slots that the group owns.")
          .tag("group", group.name())
          .register(registry);
    }
    // Micrometer takes the ending _info away from its own gauges; Prometheus' own kind of meter
    // keeps it.
    Info.builder()
        .name("flotilla_build_info")
        .help("The version that runs.")
        .labelNames("version")
        .register(registry.getPrometheusRegistry())
        .setLabelValues(version);
  }

  private static double circuitState(CircuitBreaker breaker) {
    return switch (breaker.getState()) {
      case CLOSED, DISABLED, METRICS_ONLY -> 0;
      case HALF_OPEN -> 1;
      case OPEN, FORCED_OPEN -> 2;
    };
  }

  /** The port it listens on. */
  public int port() {
    return web.port();
  }

  /** Stops accepting, lets requests under way be answered within the drain time, closes. */
  @Override
  public void close() {
    watching.watch().close(); // their streams would never end by themselves
    web.close();
    watching.close();
    close(connections, timer, registry, ownNetwork);
  }

  private static void close(
      GrpcConnections connections,
      ThreadTimer timer,
      PrometheusMeterRegistry registry,
      @Nullable Network ownNetwork) {
    connections.close();
    timer.close();
    registry.close();
    if (ownNetwork != null) {
      ownNetwork.close();
    }
  }
}
