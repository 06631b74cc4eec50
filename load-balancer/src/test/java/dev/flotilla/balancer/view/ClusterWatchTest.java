package dev.flotilla.balancer.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.balancer.ring.RingGroup;
import dev.flotilla.balancer.ring.SlotTable;
import dev.flotilla.balancer.routing.CallOptions;
import dev.flotilla.balancer.routing.GroupView;
import dev.flotilla.balancer.routing.KvAnswer;
import dev.flotilla.balancer.routing.KvRequest;
import dev.flotilla.balancer.routing.KvService;
import dev.flotilla.balancer.routing.RouterEnvironment.Cancellable;
import dev.flotilla.balancer.routing.RouterEnvironment.Timer;
import dev.flotilla.balancer.view.ClusterPicture.Part;
import dev.flotilla.proto.admin.v1.EventKind;
import dev.flotilla.proto.admin.v1.NodeEvent;
import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.ReplicaStatus;
import dev.flotilla.proto.admin.v1.Role;
import dev.flotilla.proto.admin.v1.Standing;
import dev.flotilla.proto.admin.v1.TransferLeadershipReply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The watch with time in the test's hand: a look happens when {@link #tick} says so. */
final class ClusterWatchTest {
  private final Nodes nodes = new Nodes();
  private final List<Runnable> due = new ArrayList<>();
  private final Timer timer =
      (delayNanos, task) -> {
        due.add(task);
        return (Cancellable) () -> due.remove(task);
      };
  private final ClusterWatch watch =
      new ClusterWatch(new OneGroup(), nodes, timer, () -> 5_000, () -> Traffic.NONE);

  private void tick() {
    List<Runnable> now = List.copyOf(due);
    due.clear();
    now.forEach(Runnable::run);
  }

  private static ClusterWatch.News next(ClusterWatch.Watcher watcher) throws InterruptedException {
    return watcher.next().orElseThrow();
  }

  private static List<String> texts(ClusterWatch.News news) {
    return news.items().stream().map(FeedItem::text).toList();
  }

  @Test
  void nobodyIsAskedUnlessSomebodyWatches() throws InterruptedException {
    assertThat(nodes.asked).isZero();
    try (ClusterWatch.Watcher watcher = watch.watch(0).orElseThrow()) {
      assertThat(next(watcher).picture()).isNotNull();
    }
    int askedOnce = nodes.asked;
    assertThat(askedOnce).isEqualTo(3);
    tick();
    assertThat(nodes.asked).isEqualTo(askedOnce);
    assertThat(due).isEmpty();
    try (ClusterWatch.Watcher watcher = watch.watch(0).orElseThrow()) {
      assertThat(next(watcher).picture()).isNotNull();
      assertThat(nodes.asked).isEqualTo(2 * askedOnce);
    }
  }

  @Test
  void whoComesLateReadsWhatNodesRemember() throws InterruptedException {
    nodes.tell(1, 10, EventKind.EVENT_KIND_CAMPAIGN, "n1 asks for votes");
    nodes.tell(1, 20, EventKind.EVENT_KIND_LEADER, "n1 leads g1");
    nodes.tell(2, 15, EventKind.EVENT_KIND_FOLLOWS, "n2 follows n1");
    try (ClusterWatch.Watcher watcher = watch.watch(0).orElseThrow()) {
      assertThat(texts(next(watcher))).containsExactly("n1 asks for votes", "n1 leads g1");
      tick();
      assertThat(next(watcher).items()).isEmpty();
    }
  }

  @Test
  void aNodeThatFallsSilentAndALeaderThatIsLostAreNews() throws InterruptedException {
    try (ClusterWatch.Watcher watcher = watch.watch(0).orElseThrow()) {
      next(watcher);
      nodes.silent.put(1, true);
      tick();
      ClusterWatch.News lost = next(watcher);
      assertThat(texts(lost))
          .containsExactlyInAnyOrder("n1 does not answer", "g1 has no leader that answers");
      assertThat(lost.picture()).isNotNull();
      assertThat(lost.picture().groups().getFirst().members().getFirst().part())
          .isEqualTo(Part.UNREACHABLE);
      nodes.silent.clear();
      tick();
      assertThat(texts(next(watcher))).containsExactly("n1 answers again");
    }
  }

  @Test
  void aSlowWatcherMissesPicturesButNoItem() throws InterruptedException {
    try (ClusterWatch.Watcher watcher = watch.watch(0).orElseThrow()) {
      tick();
      watch.tell("chaos", FeedItem.Severity.WARN, null, "n2", "n2 was killed");
      tick();
      watch.tell("chaos", FeedItem.Severity.WARN, null, "n2", "n2 starts again");
      ClusterWatch.News all = next(watcher);
      assertThat(texts(all)).containsExactly("n2 was killed", "n2 starts again");
      assertThat(all.picture()).isNotNull();
    }
  }

  @Test
  void thereIsALimitToWatching() {
    List<ClusterWatch.Watcher> watchers =
        IntStream.range(0, ClusterWatch.MOST_WATCHERS)
            .mapToObj(i -> watch.watch(0).orElseThrow())
            .toList();
    assertThat(watch.watch(0)).isEmpty();
    watchers.getFirst().close();
    assertThat(watch.watch(0)).isPresent();
  }

  @Test
  void closingEndsEveryWait() throws InterruptedException {
    ClusterWatch.Watcher watcher = watch.watch(0).orElseThrow();
    watch.close();
    assertThat(watcher.next()).isEmpty();
    assertThat(watch.watch(0)).isEmpty();
  }

  /** Three nodes; the first leads. */
  private static final class Nodes implements ClusterAdmin {
    final Map<Integer, Boolean> silent = new HashMap<>();
    private final Map<Integer, List<NodeEvent>> events = new HashMap<>();
    int asked;

    void tell(int node, long number, EventKind kind, String text) {
      events
          .computeIfAbsent(node, id -> new ArrayList<>())
          .add(
              NodeEvent.newBuilder()
                  .setNumber(number)
                  .setAtMillis(number)
                  .setKind(kind)
                  .setGroup(1)
                  .setGroupName("g1")
                  .setText(text)
                  .build());
    }

    @Override
    public CompletableFuture<Optional<NodeStatus>> status(
        int node, String address, long eventsAfter) {
      asked++;
      if (silent.getOrDefault(node, false)) {
        return CompletableFuture.completedFuture(Optional.empty());
      }
      NodeStatus.Builder status =
          NodeStatus.newBuilder()
              .setNode(node)
              .addReplicas(
                  ReplicaStatus.newBuilder()
                      .setGroup(1)
                      .setTerm(2)
                      .setStanding(Standing.STANDING_MEMBER)
                      .setRole(node == 1 ? Role.ROLE_LEADER : Role.ROLE_FOLLOWER));
      events.getOrDefault(node, List.of()).stream()
          .filter(event -> event.getNumber() > eventsAfter)
          .forEach(status::addEvents);
      return CompletableFuture.completedFuture(Optional.of(status.build()));
    }

    @Override
    public CompletableFuture<Optional<TransferLeadershipReply>> handOver(
        int node, String address, int group) {
      return CompletableFuture.completedFuture(Optional.empty());
    }

    @Override
    public void keepOnly(Map<Integer, String> addresses) {}
  }

  /** A router that knows one group. */
  private static final class OneGroup implements KvService {
    @Override
    public CompletableFuture<KvAnswer> execute(KvRequest request, CallOptions options) {
      throw new UnsupportedOperationException("nobody reads or writes here");
    }

    @Override
    public CompletableFuture<List<GroupView>> probeLeaders() {
      return CompletableFuture.completedFuture(groups());
    }

    @Override
    public List<GroupView> groups() {
      return List.of(
          new GroupView(
              1,
              "g1",
              null,
              2,
              16_384,
              IntStream.rangeClosed(1, 3)
                  .mapToObj(node -> new GroupView.Member(node, "a:" + node))
                  .toList()));
    }

    @Override
    public SlotTable slots() {
      return SlotTable.fromRing(List.of(new RingGroup(1, "g1", 1)), 1);
    }
  }
}
