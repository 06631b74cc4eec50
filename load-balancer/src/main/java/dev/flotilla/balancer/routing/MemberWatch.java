package dev.flotilla.balancer.routing;

import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.Reply;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Keeps what we know of a group's members true, whether or not anybody sends requests: a group
 * whose members are replaced one by one while a balancer idles would otherwise be lost to it. The
 * leader is asked now and then, more often while a change is under way; when it does not answer,
 * everybody is.
 */
final class MemberWatch {
  static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Of all groups together: many idle ones must not keep their nodes busy with answers. */
  private static final long SPACING_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  static final long EVERY_WHILE_CHANGING_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  static final int TIMEOUT_MILLIS = 400;

  private final int group;
  private final KnownMembers members;
  private final LeaderCache leaders;
  private final NodeConnections nodes;
  private final RouterEnvironment environment;
  private final long everyNanos;
  private volatile boolean answered;

  /**
   * @param groups how many are watched in all
   */
  MemberWatch(
      int group,
      KnownMembers members,
      LeaderCache leaders,
      NodeConnections nodes,
      RouterEnvironment environment,
      int groups) {
    this.group = group;
    this.members = members;
    this.leaders = leaders;
    this.nodes = nodes;
    this.environment = environment;
    this.everyNanos = Math.max(EVERY_NANOS, groups * SPACING_NANOS);
  }

  /**
   * Looks, and goes on looking for good.
   *
   * @param afterEach called each time
   */
  void begin(Runnable afterEach) {
    look();
    afterEach.run();
    environment
        .timer()
        .after(
            members.isChanging() ? EVERY_WHILE_CHANGING_NANOS : everyNanos, () -> begin(afterEach));
  }

  private void look() {
    Leader leader = leaders.get(group);
    if (leader != null && answered) {
      answered = false;
      ask(leader.node(), reply -> {});
    } else {
      members.everyone().forEach(member -> ask(member.node(), reply -> {}));
    }
  }

  /** Asks one node now; {@code then} is called once, when the answer has been taken note of. */
  void ask(int node, Consumer<Reply> then) {
    nodes
        .to(node)
        .members(
            group,
            TIMEOUT_MILLIS,
            reply -> {
              if (reply.getOutcome() == Outcome.OUTCOME_APPLIED) {
                answered = true;
                members.learn(reply);
              }
              then.accept(reply);
            });
  }
}
