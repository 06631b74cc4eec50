package dev.flotilla.balancer.routing;

import dev.flotilla.balancer.routing.GroupView.Member;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Everything the router keeps for one group. */
final class GroupRoute {
  private final int id;
  private final String name;
  private final List<Member> members;
  private final ClientSession session;
  private final GroupBreaker breaker;
  private final RetryBudget budget;
  private final LeaderFinder finder;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger staleTurn = new AtomicInteger();
  private final int mostInFlight;

  GroupRoute(
      GroupMembers group,
      LeaderCache leaders,
      NodeConnections nodes,
      RouterEnvironment environment,
      RouterOptions options) {
    id = group.id();
    name = group.name();
    members = group.members();
    session = new ClientSession(environment.random(), options.sessionWindow());
    breaker = new GroupBreaker(name, options, environment.ticker());
    budget =
        new RetryBudget(environment.ticker(), options.retryShare(), 10, options.retryReserve());
    finder =
        new LeaderFinder(
            id,
            members.stream().mapToInt(Member::node).toArray(),
            leaders,
            nodes,
            environment,
            options);
    mostInFlight = options.maxInFlightPerGroup();
  }

  int id() {
    return id;
  }

  String name() {
    return name;
  }

  List<Member> members() {
    return members;
  }

  boolean has(int node) {
    for (Member member : members) {
      if (member.node() == node) {
        return true;
      }
    }
    return false;
  }

  /** Members in turn, for reads that any of them may serve. */
  int anyMember() {
    return members.get(Math.floorMod(staleTurn.getAndIncrement(), members.size())).node();
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
