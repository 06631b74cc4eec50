package dev.flotilla.simulation.world;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * Directed links between nodes and balancers. What crosses one is at the mercy of its conditions
 * and of cuts; the luck of the n-th message of a link depends on nothing but the seed, the link and
 * n.
 */
public final class SimulatedNetwork {
  /** A link has lanes of their own for Raft, snapshots and clients. */
  public enum Lane {
    RAFT,
    BULK,
    CLIENT
  }

  private static final int PER_MILLION = 1_000_000;
  private static final long REPLAY_MOST_NANOS = 20_000_000_000L;

  private static final class LinkState {
    long sent;
    long lastArrivalNanos;
  }

  private final Timeline timeline;
  private final Dice dice;
  private final Map<Long, LinkState> links = new HashMap<>();
  private final TreeSet<Long> cuts = new TreeSet<>();
  private LinkConditions conditions;
  private boolean healed;
  private long lost;
  private long repeated;
  private long replayed;

  SimulatedNetwork(Timeline timeline, Dice dice, LinkConditions conditions) {
    this.timeline = timeline;
    this.dice = dice;
    this.conditions = conditions;
  }

  public void setConditions(LinkConditions conditions) {
    this.conditions = conditions;
  }

  public LinkConditions conditions() {
    return conditions;
  }

  /** Nothing passes from one to the other until {@link #join}; what is on its way is lost. */
  public void cut(int from, int to) {
    cuts.add(pair(from, to));
  }

  public void join(int from, int to) {
    cuts.remove(pair(from, to));
  }

  /** From now on nothing is cut, and what was meant for another time does not come any more. */
  public void healForGood() {
    cuts.clear();
    conditions = LinkConditions.CALM;
    healed = true;
  }

  public boolean isCut(int from, int to) {
    return cuts.contains(pair(from, to));
  }

  public long lost() {
    return lost;
  }

  public long repeated() {
    return repeated;
  }

  public long replayed() {
    return replayed;
  }

  /** Sends something that may be lost, repeated, delayed. */
  void send(int from, int to, Lane lane, Runnable delivery) {
    LinkState link = link(from, to, lane);
    long roll = roll(from, to, lane, link);
    if (hits(roll, conditions.lossPerMillion())) {
      lost++;
      return;
    }
    deliver(from, to, link, roll, delivery);
    roll = Dice.again(roll);
    if (hits(roll, conditions.repeatPerMillion())) {
      repeated++;
      deliver(from, to, link, Dice.again(roll), delivery);
    }
    roll = Dice.again(roll);
    if (hits(roll, conditions.replayPerMillion())) {
      replayed++;
      timeline.after(
          Dice.below(Dice.again(roll), REPLAY_MOST_NANOS),
          () -> {
            if (!healed) {
              arrive(from, to, delivery);
            }
          });
    }
  }

  /**
   * Sends over a connection: in order and once, unless the connection is reset.
   *
   * @param onReset called after the message arrived; the connection is no more
   */
  void sendConnected(int from, int to, Runnable delivery, Runnable onReset) {
    LinkState link = link(from, to, Lane.CLIENT);
    long roll = roll(from, to, Lane.CLIENT, link);
    long at = Math.max(link.lastArrivalNanos, timeline.nowNanos() + delay(Dice.again(roll)));
    link.lastArrivalNanos = at;
    timeline.at(at, () -> arrive(from, to, delivery));
    if (hits(roll, conditions.lossPerMillion())) {
      lost++;
      timeline.at(at, onReset);
    }
  }

  private void deliver(int from, int to, LinkState link, long roll, Runnable delivery) {
    long at = timeline.nowNanos() + delay(roll);
    if (conditions.ordered()) {
      at = Math.max(at, link.lastArrivalNanos);
      link.lastArrivalNanos = at;
    }
    timeline.at(at, () -> arrive(from, to, delivery));
  }

  private void arrive(int from, int to, Runnable delivery) {
    if (isCut(from, to)) {
      lost++;
      return;
    }
    delivery.run();
  }

  private long delay(long roll) {
    long delay = conditions.delayNanos() + Dice.below(roll, conditions.spreadNanos() + 1);
    long slow = Dice.again(roll);
    return hits(slow, conditions.slowPerMillion())
        ? delay + Dice.below(Dice.again(slow), conditions.slowNanos())
        : delay;
  }

  private static boolean hits(long roll, int perMillion) {
    return perMillion > 0 && Dice.share(roll) * PER_MILLION < perMillion;
  }

  private LinkState link(int from, int to, Lane lane) {
    return links.computeIfAbsent(purpose(from, to, lane), key -> new LinkState());
  }

  private long roll(int from, int to, Lane lane, LinkState link) {
    return dice.roll(purpose(from, to, lane), link.sent++);
  }

  private static long purpose(int from, int to, Lane lane) {
    return pair(from, to) * Lane.values().length + lane.ordinal();
  }

  private static long pair(int from, int to) {
    return (long) from << 20 | to;
  }
}
