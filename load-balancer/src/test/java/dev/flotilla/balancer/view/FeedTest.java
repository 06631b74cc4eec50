package dev.flotilla.balancer.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.balancer.view.FeedItem.Severity;
import org.junit.jupiter.api.Test;

final class FeedTest {
  private final Feed feed = new Feed();

  private static FeedItem item(String kind, String node, long atMillis, String text) {
    return new FeedItem(0, atMillis, kind, Severity.INFO, "g1", node, 3, text);
  }

  @Test
  void itemsAreNumberedAndThoseSeenAreNotToldAgain() {
    feed.add(item("leader", "n1", 1, "n1 leads"));
    feed.add(item("leader", "n2", 2, "n2 leads"));
    assertThat(feed.after(0)).extracting(FeedItem::id).containsExactly(1L, 2L);
    assertThat(feed.after(1)).extracting(FeedItem::text).containsExactly("n2 leads");
    assertThat(feed.after(2)).isEmpty();
  }

  @Test
  void anIdOfAnEarlierLifeMeansThatAllIsNews() {
    feed.add(item("leader", "n1", 1, "n1 leads"));
    assertThat(feed.after(77)).hasSize(1);
  }

  @Test
  void whatEveryMemberTellsOfItsGroupIsOneThing() {
    assertThat(feed.add(item("members", "n1", 1, "the members are n1 n2"))).isTrue();
    assertThat(feed.add(item("members", "n2", 5, "the members are n1 n2"))).isFalse();
    assertThat(feed.add(item("members", "n2", 6, "the members are n1"))).isTrue();
  }

  @Test
  void onlyTheLastAreKept() {
    for (int i = 0; i < Feed.KEPT + 50; i++) {
      feed.add(item("election", "n1", i, "n1 asks"));
    }
    assertThat(feed.after(0)).hasSize(Feed.KEPT);
    assertThat(feed.after(0).getFirst().id()).isEqualTo(51);
    // What was forgotten may be said again.
    assertThat(feed.add(item("election", "n1", 0, "n1 asks"))).isTrue();
  }
}
