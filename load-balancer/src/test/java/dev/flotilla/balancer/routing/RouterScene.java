package dev.flotilla.balancer.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.balancer.ring.RingGroup;
import dev.flotilla.balancer.ring.SlotTable;
import dev.flotilla.balancer.routing.FakeNodes.Asked;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * What every test of the router starts from: one group of nodes 1, 2, 3, and time that a test
 * moves.
 */
abstract class RouterScene {
  static final int GROUP = 1;

  final ManualTime time = new ManualTime();
  final FakeNodes nodes = new FakeNodes(time);
  final Counters counters = new Counters();
  Router router = router(RouterOptions.defaults());

  static final class Counters implements RouterEvents {
    int hits;
    int misses;
    int redirects;
    int finished;
    int refused;
    final List<RetryReason> retries = new ArrayList<>();

    @Override
    public void leaderCacheHit(int group) {
      hits++;
    }

    @Override
    public void leaderCacheMiss(int group) {
      misses++;
    }

    @Override
    public void redirected(int group) {
      redirects++;
    }

    @Override
    public void finished(KvRequest.Op op, KvAnswer answer, long durationNanos) {
      finished++;
    }

    @Override
    public void refused(KvRequest.Op op, KvAnswer.Failed answer) {
      refused++;
    }

    @Override
    public void retried(int group, RetryReason reason) {
      retries.add(reason);
    }
  }

  Router router(RouterOptions options) {
    List<GroupView.Member> members = new ArrayList<>();
    for (int node = 1; node <= 3; node++) {
      members.add(new GroupView.Member(node, address(node)));
    }
    return new Router(
        SlotTable.fromRing(List.of(new RingGroup(GROUP, "g1", 1)), 5),
        List.of(new GroupMembers(GROUP, "g1", members)),
        nodes,
        new RouterEnvironment(time, time, new Random(42)),
        options,
        counters);
  }

  static String address(int node) {
    return "127.0.0.1:" + (7_000 + node);
  }

  void warmUp(int node, long term) {
    nodes.lead(GROUP, node, term);
    CompletableFuture<KvAnswer> answer = put("warm-up");
    time.pass(Duration.ofMillis(200));
    assertThat(answer.join()).isInstanceOf(KvAnswer.Written.class);
    nodes.asked.clear();
    counters.hits = 0;
    counters.misses = 0;
    counters.redirects = 0;
  }

  CompletableFuture<KvAnswer> put(String key) {
    return put(key, CallOptions.DEFAULT);
  }

  CompletableFuture<KvAnswer> put(String key, CallOptions options) {
    return router.execute(new KvRequest.Put(bytes(key), bytes("v"), Precondition.NONE, 0), options);
  }

  CircuitBreaker.State state() {
    return router.breakers().getFirst().getState();
  }

  List<Integer> nodesAsked() {
    return nodes.asked.stream().map(Asked::node).toList();
  }

  static KvAnswer.Failed failed(CompletableFuture<KvAnswer> answer) {
    assertThat(answer).isCompleted();
    assertThat(answer.join()).isInstanceOf(KvAnswer.Failed.class);
    return (KvAnswer.Failed) answer.join();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
