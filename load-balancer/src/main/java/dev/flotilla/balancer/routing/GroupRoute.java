package dev.flotilla.balancer.routing;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Everything the router keeps for one group. */
final class GroupRoute {
  private final int id;
  private final String name;
  private final KnownMembers members;
  private final ClientSession session;
  private final GroupBreaker breaker;
  private final RetryBudget budget;
  private final LeaderFinder finder;
  private final MemberWatch watch;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger staleTurn = new AtomicInteger();
  private final int mostInFlight;

  GroupRoute(
      GroupMembers group,
      LeaderCache leaders,
      NodeConnections nodes,
      RouterEnvironment environment,
      RouterOptions options,
      int groups,
      Runnable onMembersChanged) {
    id = group.id();
    name = group.name();
    members = new KnownMembers(group.members(), onMembersChanged);
    session = new ClientSession(environment.random(), options.sessionWindow());
    breaker = new GroupBreaker(name, options, environment.ticker());
    budget =
        new RetryBudget(environment.ticker(), options.retryShare(), 10, options.retryReserve());
    finder = new LeaderFinder(id, members, leaders, nodes, environment, options);
    watch = new MemberWatch(id, members, leaders, nodes, environment, groups);
    mostInFlight = options.maxInFlightPerGroup();
  }

  int id() {
    return id;
  }

  String name() {
    return name;
  }

  KnownMembers members() {
    return members;
  }

  /** Members in turn, for reads that any of them may serve. */
  int anyMember() {
    List<GroupView.Member> all = members.members();
    return all.get(Math.floorMod(staleTurn.getAndIncrement(), all.size())).node();
  }

  ClientSession session() {
    return session;
  }

  GroupBreaker breaker() {
    return breaker;
  }

  RetryBudget budget() {
    return budget;
  }

  LeaderFinder finder() {
    return finder;
  }

  MemberWatch watch() {
    return watch;
  }

  /** Counts a request in; false = too many are under way. */
  boolean enter() {
    if (inFlight.incrementAndGet() > mostInFlight) {
      inFlight.decrementAndGet();
      return false;
    }
    return true;
  }

  void leave() {
    inFlight.decrementAndGet();
  }

  int inFlight() {
    return inFlight.get();
  }
}
