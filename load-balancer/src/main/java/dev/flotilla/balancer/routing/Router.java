package dev.flotilla.balancer.routing;

import dev.flotilla.balancer.ring.SlotTable;
import dev.flotilla.slot.Slots;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Sends each request to the leader of the group that owns its key's slot. Stateless but for what it
 * can find out again.
 */
public final class Router implements KvService {
  private final SlotTable slots;
  private final List<GroupRoute> routes;
  private final Map<Integer, GroupRoute> routeById = new HashMap<>();
  private final LeaderCache leaders;
  private final NodeConnections nodes;
  private final RouterEnvironment environment;
  private final RouterOptions options;
  private final RouterEvents events;
  private final RetryPolicy retries;
  private final long defaultTimeoutNanos;

  /**
   * @throws IllegalArgumentException when the table gives slots to a group that is not among {@code
   *     groups}
   */
  public Router(
      SlotTable slots,
      List<GroupMembers> groups,
      NodeConnections nodes,
      RouterEnvironment environment,
      RouterOptions options,
      RouterEvents events) {
    this.slots = slots;
    this.nodes = nodes;
    this.environment = environment;
    this.options = options;
    this.events = events;
    this.leaders = new LeaderCache(Math.max(16, groups.size() * 2));
    this.retries = new RetryPolicy(options, environment.random());
    this.defaultTimeoutNanos = options.defaultTimeout().toNanos();
    List<GroupRoute> made = new ArrayList<>();
    for (GroupMembers group :
        groups.stream().sorted(Comparator.comparingInt(GroupMembers::id)).toList()) {
      GroupRoute route =
          new GroupRoute(
              group, leaders, nodes, environment, options, groups.size(), this::wantMembers);
      made.add(route);
      routeById.put(group.id(), route);
    }
    this.routes = List.copyOf(made);
    for (int slot = 0; slot < Slots.COUNT; slot++) {
      if (!routeById.containsKey(slots.groupOf(slot))) {
        throw new IllegalArgumentException(
            "slot " + slot + " belongs to the unknown group " + slots.groupOf(slot));
      }
    }
    wantMembers();
  }

  /** The nodes of all groups, each at the address that the first group knows it by. */
  private synchronized void wantMembers() {
    Map<Integer, String> addresses = new TreeMap<>();
    for (GroupRoute route : routes) {
      for (GroupView.Member member : route.members().everyone()) {
        addresses.putIfAbsent(member.node(), member.address());
      }
    }
    nodes.want(addresses);
  }

  @Override
  public CompletableFuture<KvAnswer> execute(KvRequest request, CallOptions call) {
    GroupRoute route = routeOf(request);
    if (route == null) {
      return refused(request, 0, FailureCode.BAD_REQUEST, "there is no such group");
    }
    if (!route.enter()) {
      return refused(
          request,
          route.id(),
          FailureCode.OVERLOADED,
          "too many requests to the group are under way");
    }
    if (!route.breaker().permits()) {
      route.leave();
      return refused(
          request,
          route.id(),
          FailureCode.NO_LEADER,
          "the group has not answered lately; it is being asked again");
    }
    CallerIdentity own = null;
    CallerIdentity identity = call.identity();
    if (request.command() && identity == null) {
      own = route.session().begin();
      if (own == null) {
        route.breaker().neither();
        route.leave();
        return refused(
            request,
            route.id(),
            FailureCode.OVERLOADED,
            "too many commands to the group are under way");
      }
      identity = own;
    }
    return send(route, request, call, identity, own);
  }

  private CompletableFuture<KvAnswer> send(
      GroupRoute route,
      KvRequest request,
      CallOptions call,
      @Nullable CallerIdentity identity,
      @Nullable CallerIdentity own) {
    route.budget().earn();
    CompletableFuture<KvAnswer> answer = new CompletableFuture<>();
    new RouteCall(
            this,
            route,
            request,
            KvCodec.encode(request, slots.epoch(), identity),
            own != null,
            now(),
            timeoutNanos(call),
            result -> {
              if (own != null) {
                route.session().end(own.seq());
              }
              route.leave();
              answer.complete(result);
            })
        .start();
    return answer;
  }

  private @Nullable GroupRoute routeOf(KvRequest request) {
    int group =
        switch (request) {
          case KvRequest.Put put -> slots.groupOf(Slots.of(put.key()));
          case KvRequest.Delete delete -> slots.groupOf(Slots.of(delete.key()));
          case KvRequest.Get get -> slots.groupOf(Slots.of(get.key()));
          case KvRequest.Scan scan -> scan.from().group();
          case KvRequest.Touch touch -> touch.group();
        };
    return routeById.get(group);
  }

  private long timeoutNanos(CallOptions call) {
    return call.timeoutNanos() > 0
        ? Math.min(call.timeoutNanos(), defaultTimeoutNanos)
        : defaultTimeoutNanos;
  }

  private CompletableFuture<KvAnswer> refused(
      KvRequest request, int group, FailureCode code, String message) {
    KvAnswer.Failed answer =
        new KvAnswer.Failed(group, leaders.term(group), code, Outcome.NOT_APPLIED, message);
    events.refused(request.op(), answer);
    return CompletableFuture.completedFuture(answer);
  }

  @Override
  public CompletableFuture<List<GroupView>> probeLeaders() {
    List<CompletableFuture<GroupView>> views = new ArrayList<>();
    for (GroupRoute route : routes) {
      CompletableFuture<GroupView> view = new CompletableFuture<>();
      route.finder().find(found -> lookAt(route, found.orElse(null), view));
      views.add(view);
    }
    return CompletableFuture.allOf(views.toArray(new CompletableFuture<?>[0]))
        .thenApply(done -> views.stream().map(CompletableFuture::join).toList());
  }

  /** The leader answered just now; it is also asked who its members are, for they may be others. */
  private void lookAt(
      GroupRoute route, @Nullable Leader leader, CompletableFuture<GroupView> view) {
    if (leader == null) {
      view.complete(view(route, null));
    } else {
      route.watch().ask(leader.node(), reply -> view.complete(view(route, leader)));
    }
  }

  /**
   * Begins to follow the groups' members, for as long as the timer runs: without it the router
   * learns only of those members that become leaders while it sends requests.
   */
  public void followMembers() {
    routes.forEach(route -> route.watch().begin(this::wantMembers));
  }

  /** Begins to look for all leaders. Does not wait. */
  public void warmUp() {
    routes.forEach(route -> route.finder().find(found -> {}));
  }

  @Override
  public List<GroupView> groups() {
    return routes.stream().map(route -> view(route, leaders.get(route.id()))).toList();
  }

  private GroupView view(GroupRoute route, @Nullable Leader leader) {
    return new GroupView(
        route.id(),
        route.name(),
        leader,
        leaders.term(route.id()),
        slots.slotCount(route.id()),
        route.members().members());
  }

  /** For the metrics' binder. */
  public List<CircuitBreaker> breakers() {
    return routes.stream().map(route -> route.breaker().breaker()).toList();
  }

  /** Requests under way. */
  public int inFlight() {
    return routes.stream().mapToInt(GroupRoute::inFlight).sum();
  }

  @Override
  public SlotTable slots() {
    return slots;
  }

  long now() {
    return environment.ticker().nanoTime();
  }

  LeaderCache leaders() {
    return leaders;
  }

  NodeConnections nodes() {
    return nodes;
  }

  RouterEnvironment environment() {
    return environment;
  }

  RouterOptions options() {
    return options;
  }

  RouterEvents events() {
    return events;
  }

  RetryPolicy retries() {
    return retries;
  }
}
