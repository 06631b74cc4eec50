package dev.flotilla.balancer.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.balancer.routing.FakeNodes.Asked;
import dev.flotilla.proto.client.v1.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The way to a leader: finding one, following it, doing without. */
final class RouterTest extends RouterScene {

  // ---- finding the leader ----

  @Test
  void anUnknownLeaderIsFoundByAskingAllMembersAtOnce() {
    nodes.lead(GROUP, 2, 4);
    CompletableFuture<KvAnswer> answer = put("k");
    time.pass(Duration.ofMillis(2));
    assertThat(answer.join()).isEqualTo(new KvAnswer.Written(GROUP, 4, 1, false));
    assertThat(nodes.probesAt).hasSize(3);
    assertThat(nodesAsked()).containsExactly(2);
    assertThat(router.groups().getFirst().leader()).isEqualTo(new Leader(2, 4));
    assertThat(counters.misses).isEqualTo(1);
  }

  @Test
  void aKnownLeaderIsAskedDirectly() {
    warmUp(2, 4);
    nodes.probesAt.clear();
    CompletableFuture<KvAnswer> answer = put("k");
    time.pass(Duration.ofMillis(1));
    assertThat(answer).isCompleted();
    assertThat(nodes.probesAt).isEmpty();
    assertThat(counters.hits).isEqualTo(1);
  }

  @Test
  void anyNumberOfRequestsShareOneRoundOfAsking() {
    nodes.lead(GROUP, 1, 1);
    List<CompletableFuture<KvAnswer>> answers = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      answers.add(put("k" + i));
    }
    time.pass(Duration.ofMillis(2));
    assertThat(answers).allMatch(answer -> answer.join() instanceof KvAnswer.Written);
    assertThat(nodes.probesAt).hasSize(3);
  }

  @Test
  void roundsThatFindNobodyKeepTheirDistance() {
    nodes.noLeader(GROUP);
    for (int i = 0; i < 100; i++) {
      put("k" + i);
    }
    time.pass(Duration.ofSeconds(1));
    // Three members a round, 25 to 50 ms apart once the pause has grown.
    assertThat(nodes.probesAt.size()).isBetween(3 * 18, 3 * 45);
  }

  @Test
  void nobodyIsAskedWhenNobodyWaits() {
    nodes.noLeader(GROUP);
    put("k");
    time.pass(Duration.ofSeconds(7));
    nodes.probesAt.clear();
    time.pass(Duration.ofMinutes(1));
    assertThat(nodes.probesAt).isEmpty();
    assertThat(time.pending()).isZero();
  }

  /**
   * Under load the leader may be slower than a round of asking; that must not make it unfindable.
   */
  @Test
  void aLeaderThatAnswersSlowlyIsFoundAllTheSame() {
    nodes.lead(GROUP, 2, 4);
    nodes.answerAfter(Duration.ofMillis(300));
    CompletableFuture<KvAnswer> answer = put("k");
    time.pass(Duration.ofMillis(900));
    assertThat(answer.join()).isInstanceOf(KvAnswer.Written.class);
    assertThat(nodesAsked()).containsExactly(2);
  }

  // ---- redirects ----

  @Test
  void aHintOfANewerTermIsFollowedAtOnce() {
    warmUp(1, 3);
    nodes.lead(GROUP, 3, 4);
    nodes.believe(1, new Leader(3, 4));
    nodes.probesAt.clear();
    CompletableFuture<KvAnswer> answer = put("k");
    time.pass(Duration.ofMillis(2));
    assertThat(answer.join()).isInstanceOf(KvAnswer.Written.class);
    assertThat(nodesAsked()).containsExactly(1, 3);
    assertThat(nodes.probesAt).isEmpty();
    assertThat(counters.redirects).isEqualTo(1);
  }

  @Test
  void aHintOfAnOlderTermIsIgnored() {
    warmUp(1, 9);
    nodes.lead(GROUP, 2, 10);
    nodes.believe(1, new Leader(3, 8));
    CompletableFuture<KvAnswer> answer = put("k");
    time.pass(Duration.ofMillis(60));
    assertThat(answer.join()).isInstanceOf(KvAnswer.Written.class);
    assertThat(nodesAsked()).containsExactly(1, 2);
  }

  @Test
  void olderKnowledgeNeverReplacesNewer() {
    LeaderCache cache = new LeaderCache(16);
    assertThat(cache.learn(1, new Leader(2, 5))).isTrue();
    assertThat(cache.learn(1, new Leader(3, 4))).isFalse();
    assertThat(cache.learn(1, new Leader(3, 5))).isFalse();
    assertThat(cache.get(1)).isEqualTo(new Leader(2, 5));
    cache.forget(1, new Leader(2, 4));
    assertThat(cache.get(1)).isEqualTo(new Leader(2, 5));
    cache.forget(1, new Leader(2, 5));
    assertThat(cache.get(1)).isNull();
    assertThat(cache.term(1)).isEqualTo(5);
    assertThat(cache.learn(1, new Leader(3, 4))).isFalse();
    assertThat(cache.get(1)).isNull();
    assertThat(cache.learn(1, new Leader(2, 5))).isTrue();
    assertThat(cache.learn(1, new Leader(3, 6))).isTrue();
    assertThat(cache.get(1)).isEqualTo(new Leader(3, 6));
  }

  // ---- failover ----

  @Test
  void aBrokenStreamMeansAskingTheOthersWithTheSameNumber() {
    warmUp(1, 3);
    nodes.loseAnswers();
    CompletableFuture<KvAnswer> answer = put("k");
    time.pass(Duration.ofMillis(5));
    int effects = nodes.effects;
    nodes.down(1);
    nodes.noLeader(GROUP);
    nodes.breakStreams();
    time.pass(Duration.ofMillis(500));
    assertThat(answer).isNotCompleted();
    nodes.lead(GROUP, 2, 4);
    time.pass(Duration.ofMillis(100));
    assertThat(answer).isCompleted();
    assertThat(answer.join()).isEqualTo(new KvAnswer.Written(GROUP, 4, effects, false));
    assertThat(nodes.effects).isEqualTo(effects);
    assertThat(nodesAsked()).containsExactly(1, 2);
    assertThat(nodes.asked.get(0).command()).isEqualTo(nodes.asked.get(1).command());
  }

  @Test
  void aNewLeaderIsFoundWithinAHundredMillisecondsHoweverLongItTook() {
    for (int elections = 0; elections < 20; elections++) {
      warmUp(1, 3 + elections * 2);
      List<CompletableFuture<KvAnswer>> waiting = new ArrayList<>();
      nodes.loseAnswers();
      for (int i = 0; i < 64; i++) {
        waiting.add(put("k" + i));
      }
      nodes.down(1);
      nodes.noLeader(GROUP);
      nodes.breakStreams();
      time.pass(Duration.ofMillis(300 + elections * 37));
      nodes.lead(GROUP, 3, 4 + elections * 2);
      time.pass(Duration.ofMillis(100));
      assertThat(waiting).allMatch(CompletableFuture::isDone);
      assertThat(waiting).allMatch(answer -> answer.join() instanceof KvAnswer.Written);
      nodes.up(1);
    }
  }

  @Test
  void aFrozenLeaderIsGivenUpForANewOneAndOnlyThen() {
    warmUp(1, 3);
    nodes.frozen(1);
    CompletableFuture<KvAnswer> answer = put("k");
    time.pass(Duration.ofMillis(600));
    assertThat(nodesAsked()).containsExactly(1);
    assertThat(answer).isNotCompleted();
    nodes.lead(GROUP, 2, 4);
    time.pass(Duration.ofMillis(160));
    assertThat(answer.join()).isInstanceOf(KvAnswer.Written.class);
    assertThat(nodesAsked()).containsExactly(1, 2);
    assertThat(nodes.asked.get(0).command()).isEqualTo(nodes.asked.get(1).command());
  }

  @Test
  void aSlowLeaderIsAskedOnce() {
    warmUp(1, 3);
    nodes.loseAnswers();
    CompletableFuture<KvAnswer> answer = put("k");
    time.pass(Duration.ofSeconds(3));
    assertThat(nodesAsked()).containsExactly(1);
    assertThat(answer).isNotCompleted();
    assertThat(router.groups().getFirst().leader()).isEqualTo(new Leader(1, 3));
  }

  // ---- reads that need no leader, readiness ----

  @Test
  void aStaleReadIsServedByAnyMemberThatIsThere() {
    nodes.noLeader(GROUP);
    nodes.down(1);
    nodes.down(2);
    CompletableFuture<KvAnswer> answer =
        router.execute(
            new KvRequest.Get(bytes("k"), false, Consistency.STALE), CallOptions.DEFAULT);
    time.pass(Duration.ofMillis(100));
    assertThat(answer.join()).isInstanceOf(KvAnswer.Absent.class);
    assertThat(nodesAsked().getLast()).isEqualTo(3);
  }

  @Test
  void aLeaderThatDoesNotAnswerIsNoLeaderToReadiness() {
    warmUp(1, 3);
    CompletableFuture<List<GroupView>> alive = router.probeLeaders();
    time.pass(Duration.ofMillis(60));
    assertThat(alive.join().getFirst().leader()).isEqualTo(new Leader(1, 3));
    nodes.frozen(1);
    CompletableFuture<List<GroupView>> dead = router.probeLeaders();
    time.pass(Duration.ofMillis(160));
    assertThat(dead.join().getFirst().leader()).isNull();
  }

  /** The simulator depends on it: one seed, one history. */
  @Test
  void theSameSeedMakesTheSameHistory() {
    assertThat(history()).isEqualTo(history());
  }

  private static List<Long> history() {
    RouterTest test = new RouterTest();
    test.warmUp(1, 3);
    for (int i = 0; i < 40; i++) {
      test.nodes.script(1, FakeNodes.refused(ErrorCode.ERROR_CODE_OVERLOADED, null));
    }
    test.put("a");
    test.put("b");
    test.time.pass(Duration.ofSeconds(1));
    return test.nodes.asked.stream().map(Asked::atMillis).toList();
  }
}
