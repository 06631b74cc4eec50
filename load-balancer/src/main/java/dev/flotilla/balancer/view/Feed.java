package dev.flotilla.balancer.view;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The last {@value #KEPT} things that happened. What several nodes tell alike, as new members of
 * their group, is one thing. Any thread.
 */
final class Feed {
  static final int KEPT = 200;

  private final Deque<FeedItem> items = new ArrayDeque<>();
  private final Set<String> said = new HashSet<>();
  private long lastId;

  /** Returns whether it is news. */
  synchronized boolean add(FeedItem item) {
    if (!said.add(same(item))) {
      return false;
    }
    if (items.size() == KEPT) {
      said.remove(same(items.removeFirst()));
    }
    items.addLast(item.numbered(++lastId));
    return true;
  }

  /**
   * Those with a larger id, ascending. An id from the future is of an earlier life of this
   * balancer: all are news then.
   */
  synchronized List<FeedItem> after(long id) {
    long seen = id > lastId ? 0 : id;
    List<FeedItem> later = new ArrayList<>();
    for (FeedItem item : items) {
      if (item.id() > seen) {
        later.add(item);
      }
    }
    return later;
  }

  synchronized long lastId() {
    return lastId;
  }

  /**
   * What nodes tell of the same thing has the same words and the same term. What this balancer sees
   * itself may happen again and again.
   */
  private static String same(FeedItem item) {
    return item.kind().equals("members")
        ? item.group() + " " + item.term() + " " + item.text()
        : item.kind() + " " + item.node() + " " + item.atMillis() + " " + item.text();
  }
}
