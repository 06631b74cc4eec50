package dev.flotilla.balancer.routing;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.ReadConsistency;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.proto.kv.v1.Get;
import dev.flotilla.proto.kv.v1.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who leads a group by asking all its members at once for a linearizable read of nothing
 * in particular: only a leader that still has its quorum can answer one, so that an answer is
 * proof, where a hint is hearsay. After a round that found nobody, former members are asked too.
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

  private static final int PATIENCE_TIMEOUTS = 10;

  private final int group;
  private final KnownMembers members;
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
      KnownMembers members,
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
   * Tells what the round now under way finds, or the next one when none is: the leader that
   * answered, or empty. Within two spacings and a timeout; on any thread, this one too.
   */
  void find(Consumer<Optional<Leader>> onFound) {
    Round begun;
    long delayNanos;
    synchronized (this) {
      if (round != null) {
        round.waiting.add(onFound);
        return;
      }
      begun = new Round();
      begun.waiting.add(onFound);
      round = begun;
      delayNanos = Math.max(0, lastStartNanos + pause() - environment.ticker().nanoTime());
    }
    if (delayNanos == 0) {
      begun.start();
    } else {
      environment.timer().after(delayNanos, begun::start);
    }
  }

  /** Spread out, so that balancers which lost the same leader do not ask in step. */
  private long pause() {
    long full = Math.min(spacingMostNanos, spacingNanos << Math.min(fruitless, 8));
    return full / 2 + environment.random().nextLong(full / 2 + 1);
  }

  private final class Round {
    // Both guarded by the finder.
    final List<Consumer<Optional<Leader>>> waiting = new ArrayList<>();
    private int unanswered;

    void start() {
      List<GroupView.Member> asked;
      synchronized (LeaderFinder.this) {
        lastStartNanos = environment.ticker().nanoTime();
        asked = fruitless == 0 ? members.members() : members.everyone();
        unanswered = asked.size();
      }
      environment.timer().after(timeoutNanos, () -> end(Optional.empty()));
      // An answer is worth having after the end of its round too: under load the leader itself may
      // be slower than that,
      // and a round that only ever looked at prompt answers would never find it.
      long patienceNanos = timeoutNanos * PATIENCE_TIMEOUTS;
      int patienceMillis = (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(patienceNanos));
      for (GroupView.Member member : asked) {
        nodes
            .to(member.node())
            .query(
                group,
                PROBE,
                ReadConsistency.READ_CONSISTENCY_LINEARIZABLE,
                patienceMillis,
                reply -> onReply(member, reply));
      }
    }

    private void onReply(GroupView.Member member, Reply reply) {
      if (reply.getOutcome() == Outcome.OUTCOME_APPLIED) {
        Leader leader = new Leader(member.node(), reply.getTerm());
        // A former member, by what we know, and a leader, by what it has just proved.
        members.admit(member.node(), member.address());
        leaders.learn(group, leader);
        if (leader.equals(leaders.get(group))) {
          end(Optional.of(leader));
          return;
        }
      } else {
        // Hearsay, but news when its term is: good enough to send a request there, not to end the
        // round.
        LeaderHints.learn(leaders, group, members, reply);
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
      // Nobody is added any more: the finder has let go of this round.
      waiting.forEach(consumer -> consumer.accept(found));
    }
  }
}
