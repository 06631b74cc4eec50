package dev.flotilla.balancer.routing;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.ReadConsistency;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.proto.kv.v1.Get;
import dev.flotilla.proto.kv.v1.Query;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who leads a group by asking all its members at once for a linearizable read of nothing
 * in particular: only a leader that still has its quorum can answer one, so that an answer is
 * proof, where a hint is hearsay.
 *
 * <p>However many requests miss the leader, one round of asking is under way at most, and rounds
 * keep a distance that grows while they find nobody. Rounds happen only as long as somebody asks
 * for them.
 */
final class LeaderFinder {
  /** An ordinary key; whether the group owns its slot does not matter, any answer will do. */
  private static final ByteString PROBE =
      Query.newBuilder()
          .setGet(Get.newBuilder().setKey(ByteString.copyFromUtf8("?")).setOmitValue(true))
          .build()
          .toByteString();

  private final int group;
  private final int[] members;
  private final LeaderCache leaders;
  private final NodeConnections nodes;
  private final RouterEnvironment environment;
  private final long spacingNanos;
  private final long spacingMostNanos;
  private final long timeoutNanos;

  // Guarded by this.
  private @Nullable Round round;
  private long lastStartNanos;
  private int fruitless;

  LeaderFinder(
      int group,
      int[] members,
      LeaderCache leaders,
      NodeConnections nodes,
      RouterEnvironment environment,
      RouterOptions options) {
    this.group = group;
    this.members = members;
    this.leaders = leaders;
    this.nodes = nodes;
    this.environment = environment;
    this.spacingNanos = options.probeSpacing().toNanos();
    this.spacingMostNanos = options.probeSpacingMost().toNanos();
    this.timeoutNanos = options.probeTimeout().toNanos();
    this.lastStartNanos = environment.ticker().nanoTime() - spacingMostNanos;
  }

  /**
   * What the round now under way finds, or the next one when none is: the leader that answered, or
   * empty. Completes within two spacings and a timeout.
   */
  CompletableFuture<Optional<Leader>> find() {
    Round begun;
    long delayNanos;
    synchronized (this) {
      if (round != null) {
        return round.result;
      }
      begun = new Round();
      round = begun;
      delayNanos = Math.max(0, lastStartNanos + pause() - environment.ticker().nanoTime());
    }
    if (delayNanos == 0) {
      begun.start();
    } else {
      environment.timer().after(delayNanos, begun::start);
    }
    return begun.result;
  }

  /** Spread out, so that balancers which lost the same leader do not ask in step. */
  private long pause() {
    long full = Math.min(spacingMostNanos, spacingNanos << Math.min(fruitless, 8));
    return full / 2 + environment.random().nextLong(full / 2 + 1);
  }

  private final class Round {
    final CompletableFuture<Optional<Leader>> result = new CompletableFuture<>();
    private int unanswered = members.length;

    void start() {
      synchronized (LeaderFinder.this) {
        lastStartNanos = environment.ticker().nanoTime();
      }
      RouterEnvironment.Cancellable timeout =
          environment.timer().after(timeoutNanos, () -> end(Optional.empty()));
      result.whenComplete((found, none) -> timeout.cancel());
      int timeoutMillis = (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(timeoutNanos));
      for (int member : members) {
        nodes
            .to(member)
            .query(
                group,
                PROBE,
                ReadConsistency.READ_CONSISTENCY_LINEARIZABLE,
                timeoutMillis,
                reply -> onReply(member, reply));
      }
    }

    private void onReply(int member, Reply reply) {
      if (reply.getOutcome() == Outcome.OUTCOME_APPLIED) {
        Leader leader = new Leader(member, reply.getTerm());
        leaders.learn(group, leader);
        if (leader.equals(leaders.get(group))) {
          end(Optional.of(leader));
          return;
        }
      } else {
        // Hearsay, but news when its term is: good enough to send a request there, not to end the
        // round.
        LeaderHints.learn(leaders, group, reply);
      }
      boolean last;
      synchronized (LeaderFinder.this) {
        last = --unanswered == 0;
      }
      if (last) {
        end(Optional.empty());
      }
    }

    private void end(Optional<Leader> found) {
      synchronized (LeaderFinder.this) {
        if (round != this) {
          return;
        }
        round = null;
        fruitless = found.isPresent() ? 0 : fruitless + 1;
      }
      result.complete(found);
    }
  }
}
