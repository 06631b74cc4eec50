package dev.flotilla.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.admin.v1.EventKind;
import dev.flotilla.proto.admin.v1.NodeEvent;
import dev.flotilla.raft.env.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class NodeEventsTest {
  private long wallMillis = 1_000;
  private final NodeEvents events =
      new NodeEvents(
          new Clock() {
            @Override
            public long nanoTime() {
              return 0;
            }

            @Override
            public long wallMillis() {
              return wallMillis;
            }
          });

  private void tell(String text) {
    events.tell(EventKind.EVENT_KIND_STARTED, text);
  }

  @Test
  void eventsAreNumberedAndThoseSeenAreNotGivenAgain() {
    tell("one");
    wallMillis = 2_000;
    tell("two");
    List<NodeEvent> all = events.after(0);
    assertThat(all).extracting(NodeEvent::getText).containsExactly("one", "two");
    assertThat(all).extracting(NodeEvent::getAtMillis).containsExactly(1_000L, 2_000L);
    assertThat(events.after(all.getFirst().getNumber()))
        .extracting(NodeEvent::getText)
        .containsExactly("two");
    assertThat(events.after(all.getLast().getNumber())).isEmpty();
  }

  @Test
  void aLaterLifeOfTheNodeGoesOnWithHigherNumbers() {
    tell("before");
    long last = events.after(0).getLast().getNumber();
    NodeEvents later =
        new NodeEvents(
            new Clock() {
              @Override
              public long nanoTime() {
                return 0;
              }

              @Override
              public long wallMillis() {
                return 1_001;
              }
            });
    later.tell(EventKind.EVENT_KIND_STARTED, "after");
    assertThat(later.after(last)).hasSize(1);
  }

  @Test
  void theOldestAreForgotten() {
    for (int i = 0; i < NodeEvents.KEPT + 10; i++) {
      tell("event " + i);
    }
    assertThat(events.after(0)).hasSize(NodeEvents.KEPT);
    assertThat(events.after(0).getFirst().getText()).isEqualTo("event 10");
  }

  @Test
  void aFollowerHearsOfWhatHappenedBeforeAndOfWhatFollows() {
    tell("before");
    List<String> heard = new ArrayList<>();
    events.follow(event -> heard.add(event.getText()));
    tell("after");
    assertThat(heard).containsExactly("before", "after");
  }
}
