package dev.flotilla.balancer.view;

import dev.flotilla.balancer.routing.KvService;
import dev.flotilla.balancer.routing.RouterEnvironment.Timer;
import dev.flotilla.balancer.view.FeedItem.Severity;
import dev.flotilla.proto.admin.v1.NodeEvent;
import dev.flotilla.proto.admin.v1.NodeStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the cluster once a second while anybody watches, and not at all otherwise. Every member
 * is asked for its status; what came back makes a picture, and what changed goes into the feed.
 * Nodes remember their last events, so that whoever comes late still reads what happened before.
 */
public final class ClusterWatch implements AutoCloseable {
  static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** More would be a way to use up the balancer's memory. */
  static final int MOST_WATCHERS = 64;

  private final KvService service;
  private final ClusterAdmin admin;
  private final Timer timer;
  private final LongSupplier wallMillis;
  private final Traffic.Source traffic;
  private final Feed feed = new Feed();

  // Guarded by this.
  private final List<Watcher> watchers = new ArrayList<>();
  private Map<Integer, Sighting> sightings = new HashMap<>();
  private final Map<Integer, Long> eventsSeen = new HashMap<>();
  private final Map<Integer, Boolean> hadLeader = new HashMap<>();
  private @Nullable ClusterPicture last;
  private boolean looking;
  private boolean closed;

  /**
   * @param wallMillis the wall clock, for what people read
   */
  public ClusterWatch(
      KvService service,
      ClusterAdmin admin,
      Timer timer,
      LongSupplier wallMillis,
      Traffic.Source traffic) {
    this.service = service;
    this.admin = admin;
    this.timer = timer;
    this.wallMillis = wallMillis;
    this.traffic = traffic;
  }

  /** Someone who watches; to be closed. */
  public final class Watcher implements AutoCloseable {
    // Guarded by the watch.
    private @Nullable ClusterPicture unseen;
    private long feedSeen;

    private Watcher(long feedSeen, @Nullable ClusterPicture first) {
      this.feedSeen = feedSeen;
      this.unseen = first;
    }

    /**
     * Waits for something new. A watcher that is slow misses pictures, never an item of the feed
     * that is still kept.
     *
     * @return empty when the watch was closed
     */
    public Optional<News> next() throws InterruptedException {
      synchronized (ClusterWatch.this) {
        while (!closed && unseen == null && feed.lastId() <= feedSeen) {
          ClusterWatch.this.wait();
        }
        if (closed) {
          return Optional.empty();
        }
        List<FeedItem> items = feed.after(feedSeen);
        feedSeen = feed.lastId();
        ClusterPicture picture = unseen;
        unseen = null;
        return Optional.of(new News(picture, items));
      }
    }

    @Override
    public void close() {
      synchronized (ClusterWatch.this) {
        watchers.remove(this);
      }
    }
  }

  /**
   * What a watcher has not seen yet.
   *
   * @param picture null when there is no newer one
   */
  public record News(@Nullable ClusterPicture picture, List<FeedItem> items) {
    public News {
      items = List.copyOf(items);
    }
  }

  /**
   * Begins to watch.
   *
   * @param feedSeen the last item that was seen, 0 = none
   * @return empty when too many do, or the watch is closed
   */
  public Optional<Watcher> watch(long feedSeen) {
    Watcher watcher;
    boolean begin;
    synchronized (this) {
      if (closed || watchers.size() >= MOST_WATCHERS) {
        return Optional.empty();
      }
      // An old picture would pass for the present: the first look is under way in a moment.
      watcher =
          new Watcher(feedSeen > feed.lastId() ? 0 : feedSeen, watchers.isEmpty() ? null : last);
      watchers.add(watcher);
      begin = !looking;
      looking = true;
    }
    if (begin) {
      traffic.sinceLastAsked(); // what nobody watched is no news
      look();
    }
    return Optional.of(watcher);
  }

  /** Something that this balancer did, for the feed. */
  public void tell(
      String kind, Severity severity, @Nullable String group, @Nullable String node, String text) {
    FeedItem item = new FeedItem(0, wallMillis.getAsLong(), kind, severity, group, node, 0, text);
    synchronized (this) {
      if (feed.add(item)) {
        notifyAll();
      }
    }
  }

  private void look() {
    Map<Integer, String> addresses = Painter.addresses(service.groups());
    admin.keepOnly(addresses);
    Map<Integer, CompletableFuture<Optional<NodeStatus>>> asked = new HashMap<>();
    synchronized (this) {
      addresses.forEach((node, address) ->
          asked.put(node, admin.status(node, address, eventsSeen.getOrDefault(node, 0L))));
    }
    CompletableFuture.allOf(asked.values().toArray(new CompletableFuture<?>[0]))
        .whenComplete((done, failure) -> {
          Map<Integer, Optional<NodeStatus>> answers = new HashMap<>();
          asked.forEach((node, answer) -> answers.put(node, answer.join()));
          seen(answers);
        });
    timer.after(EVERY_NANOS, this::lookAgain);
  }

  private void lookAgain() {
    synchronized (this) {
      if (closed || watchers.isEmpty()) {
        looking = false;
        return;
      }
    }
    look();
  }

  private synchronized void seen(Map<Integer, Optional<NodeStatus>> answers) {
    if (closed) {
      return;
    }
    List<FeedItem> news = new ArrayList<>();
    Map<Integer, Sighting> now = new HashMap<>();
    answers.forEach((node, answer) -> {
      boolean known = sightings.containsKey(node);
      Sighting before = sightings.getOrDefault(node, Sighting.NEVER);
      Sighting sighting =
          answer.map(status -> new Sighting(status, true)).orElseGet(before::silent);
      now.put(node, sighting);
      if (known && before.answered() != sighting.answered()) {
        news.add(reachability(node, sighting.answered()));
      }
      answer.ifPresent(status -> news.addAll(events(node, status)));
    });
    sightings = now;
    eventsSeen.keySet().retainAll(now.keySet());
    ClusterPicture picture =
        Painter.paint(
            wallMillis.getAsLong(), service.groups(), sightings, traffic.sinceLastAsked());
    news.addAll(lostLeaders(picture));
    news.sort(Comparator.comparingLong(FeedItem::atMillis));
    news.forEach(feed::add);
    last = picture;
    watchers.forEach(watcher -> watcher.unseen = picture);
    notifyAll();
  }

  private FeedItem reachability(int node, boolean answers) {
    return new FeedItem(
        0,
        wallMillis.getAsLong(),
        answers ? "reachable" : "unreachable",
        answers ? Severity.INFO : Severity.BAD,
        null,
        "n" + node,
        0,
        "n" + node + (answers ? " answers again" : " does not answer"));
  }

  private List<FeedItem> events(int node, NodeStatus status) {
    List<FeedItem> items = new ArrayList<>();
    for (NodeEvent event : status.getEventsList()) {
      if (event.getNumber() > eventsSeen.getOrDefault(node, 0L)) {
        eventsSeen.put(node, event.getNumber());
        NodeNews.of(node, event).ifPresent(items::add);
      }
    }
    return items;
  }

  private List<FeedItem> lostLeaders(ClusterPicture picture) {
    List<FeedItem> items = new ArrayList<>();
    for (ClusterPicture.Group group : picture.groups()) {
      boolean has = group.leader() != null;
      Boolean had = hadLeader.put(group.id(), has);
      if (had != null && had && !has) {
        items.add(
            new FeedItem(
                0,
                picture.atMillis(),
                "leaderless",
                Severity.BAD,
                group.name(),
                null,
                group.term(),
                group.name() + " has no leader that answers"));
      }
    }
    return items;
  }

  /** Ends every watcher's wait. */
  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }
}
