package dev.flotilla.raft.runtime;

import dev.flotilla.proto.admin.v1.EventKind;
import dev.flotilla.proto.admin.v1.NodeEvent;
import dev.flotilla.raft.env.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What happened on a node that people ask about later: elections, leaders, members, replicas that
 * stopped. The last {@value #KEPT} are kept in memory for whoever watches; a follower may keep them
 * for good. Rare by nature, so that a lock does no harm. Any thread.
 */
public final class NodeEvents {
  static final int KEPT = 256;
  private static final long NUMBERS_PER_MILLI = 1_000;

  private final Clock clock;
  private final Deque<NodeEvent> last = new ArrayDeque<>();
  private long number;
  private @Nullable Consumer<NodeEvent> follower;

  NodeEvents(Clock clock) {
    this.clock = clock;
    this.number = clock.wallMillis() * NUMBERS_PER_MILLI;
  }

  /** Something about the whole node. */
  public void tell(EventKind kind, String text) {
    add(NodeEvent.newBuilder().setKind(kind).setText(text));
  }

  synchronized void add(NodeEvent.Builder event) {
    NodeEvent numbered = event.setNumber(++number).setAtMillis(clock.wallMillis()).build();
    if (last.size() == KEPT) {
      last.removeFirst();
    }
    last.addLast(numbered);
    if (follower != null) {
      follower.accept(numbered);
    }
  }

  /**
   * From now on the follower hears of every event, and first of those that are still known. It is
   * called on the node's own threads: be quick. One at a time.
   */
  public synchronized void follow(Consumer<NodeEvent> newFollower) {
    last.forEach(newFollower);
    follower = newFollower;
  }

  /** Those with a larger number, ascending, as far as they are still known. */
  public synchronized List<NodeEvent> after(long seen) {
    List<NodeEvent> later = new ArrayList<>();
    for (NodeEvent event : last) {
      if (event.getNumber() > seen) {
        later.add(event);
      }
    }
    return later;
  }
}
