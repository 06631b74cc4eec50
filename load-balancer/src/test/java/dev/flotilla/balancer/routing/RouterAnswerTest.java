package dev.flotilla.balancer.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.balancer.routing.FakeNodes.Asked;
import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.proto.kv.v1.CommandResult;
import dev.flotilla.proto.kv.v1.Status;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * What a caller is told: outcomes, deadlines, retries and their budget, the breaker, identities.
 */
final class RouterAnswerTest extends RouterScene {

  // ---- outcomes ----

  /**
   * H31: the end of a request is told once, and "not executed" is never said of what may have been.
   */
  @Test
  void unknownStaysUnknownWhenALaterAttemptWasNotApplied() {
    warmUp(1, 3);
    nodes.script(1, FakeNodes.unknown(ErrorCode.ERROR_CODE_LEADERSHIP_LOST));
    nodes.noLeader(GROUP);
    CompletableFuture<KvAnswer> answer = put("k");
    time.pass(Duration.ofMillis(20));
    nodes.lead(GROUP, 2, 4);
    nodes.script(2, FakeNodes.refused(ErrorCode.ERROR_CODE_DISK_FULL, null));
    time.pass(Duration.ofMillis(200));
    KvAnswer.Failed failed = failed(answer);
    assertThat(failed.outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(failed.code()).isEqualTo(FailureCode.TIMEOUT);
  }

  @Test
  void unknownIsSettledByALaterAnswerOfTheStateMachine() {
    warmUp(1, 3);
    nodes.script(1, FakeNodes.unknown(ErrorCode.ERROR_CODE_LEADERSHIP_LOST));
    CompletableFuture<KvAnswer> answer = put("k");
    time.pass(Duration.ofMillis(100));
    assertThat(answer.join()).isInstanceOf(KvAnswer.Written.class);
  }

  /** H57: nobody knows any more what became of an earlier attempt that was not ours to see. */
  @Test
  void anExpiredSessionOfACallerLeavesItUnknown() {
    warmUp(1, 3);
    nodes.script(1, expired());
    CompletableFuture<KvAnswer> answer =
        put("k", new CallOptions(0, CallerIdentity.of("me", 1, 0)));
    time.pass(Duration.ofMillis(2));
    assertThat(failed(answer).outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(failed(answer).code()).isEqualTo(FailureCode.SESSION_EXPIRED);
  }

  @Test
  void anExpiredSessionOfOursAfterALostAttemptLeavesItUnknown() {
    warmUp(1, 3);
    nodes.script(1, FakeNodes.unknown(ErrorCode.ERROR_CODE_LEADERSHIP_LOST), expired());
    CompletableFuture<KvAnswer> answer = put("k");
    time.pass(Duration.ofMillis(200));
    assertThat(failed(answer).outcome()).isEqualTo(Outcome.UNKNOWN);
  }

  @Test
  void anExpiredSessionOfOursWithoutALostAttemptHadNoEffect() {
    warmUp(1, 3);
    nodes.script(1, FakeNodes.refused(ErrorCode.ERROR_CODE_OVERLOADED, null), expired());
    CompletableFuture<KvAnswer> answer = put("k");
    time.pass(Duration.ofMillis(200));
    assertThat(failed(answer).outcome()).isEqualTo(Outcome.NOT_APPLIED);
    assertThat(failed(answer).code()).isEqualTo(FailureCode.OVERLOADED);
  }

  private static Reply expired() {
    return FakeNodes.applied(
        3, CommandResult.newBuilder().setStatus(Status.STATUS_SESSION_EXPIRED).build());
  }

  @Test
  void aRefusedConditionIsAnAnswer() {
    warmUp(1, 3);
    nodes.script(
        1,
        FakeNodes.applied(
            3,
            CommandResult.newBuilder()
                .setStatus(Status.STATUS_CONDITION_FAILED)
                .setRevision(12)
                .build()));
    CompletableFuture<KvAnswer> answer = put("k");
    time.pass(Duration.ofMillis(2));
    assertThat(answer.join()).isEqualTo(new KvAnswer.ConditionFailed(GROUP, 3, 12));
  }

  @Test
  void withoutALeaderNothingWasApplied() {
    nodes.noLeader(GROUP);
    CompletableFuture<KvAnswer> answer = put("k");
    time.pass(Duration.ofMillis(5_001));
    assertThat(failed(answer).code()).isEqualTo(FailureCode.NO_LEADER);
    assertThat(failed(answer).outcome()).isEqualTo(Outcome.NOT_APPLIED);
    assertThat(nodes.asked).isEmpty();
  }

  @Test
  void aReadIsNeverUnknown() {
    warmUp(1, 3);
    nodes.frozen(1);
    CompletableFuture<KvAnswer> answer =
        router.execute(
            new KvRequest.Get(bytes("k"), false, Consistency.LINEARIZABLE), CallOptions.DEFAULT);
    time.pass(Duration.ofMillis(5_001));
    assertThat(failed(answer).code()).isEqualTo(FailureCode.TIMEOUT);
    assertThat(failed(answer).outcome()).isEqualTo(Outcome.NOT_APPLIED);
  }

  // ---- deadlines ----

  @Test
  void theDeadlineBoundsEverythingAndATimeoutIsUnknown() {
    warmUp(1, 3);
    nodes.frozen(1);
    CompletableFuture<KvAnswer> answer = put("k");
    time.pass(Duration.ofMillis(4_999));
    assertThat(answer).isNotCompleted();
    time.pass(Duration.ofMillis(2));
    assertThat(failed(answer).code()).isEqualTo(FailureCode.TIMEOUT);
    assertThat(failed(answer).outcome()).isEqualTo(Outcome.UNKNOWN);
    time.pass(Duration.ofSeconds(10));
    assertThat(time.pending()).isZero();
  }

  @Test
  void aCallerMayWaitLessButNotLonger() {
    warmUp(1, 3);
    nodes.frozen(1);
    CompletableFuture<KvAnswer> hasty = put("k", new CallOptions(30_000_000L, null));
    CompletableFuture<KvAnswer> patient = put("k", new CallOptions(60_000_000_000L, null));
    time.pass(Duration.ofMillis(31));
    assertThat(hasty).isCompleted();
    time.pass(Duration.ofMillis(5_000));
    assertThat(patient).isCompleted();
  }

  // ---- retries ----

  @Test
  void anOverloadedNodeIsAskedAgainAfterGrowingPausesAndOnlySoOften() {
    warmUp(1, 3);
    for (int i = 0; i < 100; i++) {
      nodes.script(1, FakeNodes.refused(ErrorCode.ERROR_CODE_OVERLOADED, null));
    }
    CompletableFuture<KvAnswer> answer = put("k");
    time.pass(Duration.ofSeconds(3));
    assertThat(failed(answer).code()).isEqualTo(FailureCode.OVERLOADED);
    assertThat(failed(answer).outcome()).isEqualTo(Outcome.NOT_APPLIED);
    assertThat(nodes.asked).hasSize(RouterOptions.defaults().maxAttempts());
    assertThat(nodes.asked.stream().map(Asked::command).distinct()).hasSize(1);
    List<Long> at = nodes.asked.stream().map(Asked::atMillis).toList();
    assertThat(at.get(1) - at.get(0)).isBetween(1L, 4L);
    assertThat(at.getLast() - at.get(at.size() - 2)).isBetween(25L, 52L);
    assertThat(router.groups().getFirst().leader()).isEqualTo(new Leader(1, 3));
  }

  @Test
  void theBudgetKeepsRetriesFromMultiplyingTheLoad() {
    router = router(RouterOptions.defaults().withRetries(16, 10));
    warmUp(1, 3);
    for (int i = 0; i < 2_000; i++) {
      nodes.script(1, FakeNodes.refused(ErrorCode.ERROR_CODE_OVERLOADED, null));
    }
    List<CompletableFuture<KvAnswer>> answers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      answers.add(put("k" + i));
    }
    time.pass(Duration.ofSeconds(2));
    assertThat(answers).allMatch(answer -> failed(answer).code() == FailureCode.OVERLOADED);
    // 100 first attempts, 10 in reserve, 20 earned, 10 a second by time.
    assertThat(nodes.asked.size()).isBetween(110, 100 + 10 + 20 + 20);
  }

  @Test
  void followingANewLeaderCostsNoBudget() {
    router = router(RouterOptions.defaults().withRetries(16, 0));
    warmUp(1, 3);
    nodes.lead(GROUP, 2, 4);
    nodes.believe(1, new Leader(2, 4));
    List<CompletableFuture<KvAnswer>> answers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      answers.add(put("k" + i));
    }
    time.pass(Duration.ofMillis(100));
    assertThat(answers).allMatch(answer -> answer.join() instanceof KvAnswer.Written);
  }

  @Test
  void aWrongShardIsAskedAgainForASlotMayBeOnItsWay() {
    warmUp(1, 3);
    Reply wrong =
        FakeNodes.applied(
            3, CommandResult.newBuilder().setStatus(Status.STATUS_WRONG_SHARD).setEpoch(4).build());
    nodes.script(1, wrong, wrong, wrong);
    CompletableFuture<KvAnswer> answer = put("k");
    time.pass(Duration.ofMillis(100));
    assertThat(answer.join()).isInstanceOf(KvAnswer.Written.class);
    assertThat(counters.retries)
        .containsExactly(RetryReason.WRONG_SHARD, RetryReason.WRONG_SHARD, RetryReason.WRONG_SHARD);
    assertThat(nodes.asked.stream().map(Asked::command).distinct()).hasSize(1);
  }

  @Test
  void aReplicaThatStoppedItselfIsNotTheLeaderAnyMore() {
    warmUp(1, 3);
    nodes.script(1, FakeNodes.refused(ErrorCode.ERROR_CODE_REPLICA_FAILED, null));
    nodes.lead(GROUP, 2, 4);
    CompletableFuture<KvAnswer> answer = put("k");
    time.pass(Duration.ofMillis(100));
    assertThat(answer.join()).isInstanceOf(KvAnswer.Written.class);
    assertThat(nodesAsked()).containsExactly(1, 2);
  }

  // ---- the breaker ----

  @Test
  void aGroupThatNeverAnswersIsRefusedAtOnceUntilItAnswersAgain() {
    nodes.noLeader(GROUP);
    for (int i = 0; i < 8; i++) {
      put("k" + i);
    }
    time.pass(Duration.ofMillis(5_050));
    assertThat(state()).isEqualTo(CircuitBreaker.State.OPEN);
    int finished = counters.finished;
    CompletableFuture<KvAnswer> refused = put("k");
    assertThat(counters.finished).isEqualTo(finished);
    assertThat(counters.refused).isOne();
    assertThat(failed(refused).code()).isEqualTo(FailureCode.NO_LEADER);
    assertThat(failed(refused).outcome()).isEqualTo(Outcome.NOT_APPLIED);

    time.pass(Duration.ofMillis(100));
    nodes.lead(GROUP, 2, 5);
    CompletableFuture<KvAnswer> trial = put("k");
    time.pass(Duration.ofMillis(100));
    assertThat(trial.join()).isInstanceOf(KvAnswer.Written.class);
    assertThat(state()).isEqualTo(CircuitBreaker.State.CLOSED);
  }

  @Test
  void aFailoverOpensNoBreaker() {
    warmUp(1, 3);
    List<CompletableFuture<KvAnswer>> waiting = new ArrayList<>();
    nodes.loseAnswers();
    for (int i = 0; i < 200; i++) {
      waiting.add(put("k" + i));
    }
    nodes.down(1);
    nodes.noLeader(GROUP);
    nodes.breakStreams();
    time.pass(Duration.ofMillis(900));
    nodes.lead(GROUP, 2, 4);
    time.pass(Duration.ofMillis(100));
    assertThat(waiting).allMatch(answer -> answer.join() instanceof KvAnswer.Written);
    assertThat(state()).isEqualTo(CircuitBreaker.State.CLOSED);
  }

  @Test
  void redirectsWrongShardsAndOverloadAreNoFailuresToTheBreaker() {
    warmUp(1, 3);
    Reply wrong =
        FakeNodes.applied(
            3, CommandResult.newBuilder().setStatus(Status.STATUS_WRONG_SHARD).build());
    for (int i = 0; i < 3_000; i++) {
      nodes.script(
          1, i % 2 == 0 ? wrong : FakeNodes.refused(ErrorCode.ERROR_CODE_OVERLOADED, null));
    }
    for (int i = 0; i < 100; i++) {
      put("k" + i);
    }
    time.pass(Duration.ofSeconds(6));
    assertThat(router.inFlight()).isZero();
    assertThat(state()).isEqualTo(CircuitBreaker.State.CLOSED);
    assertThat(router.breakers().getFirst().getMetrics().getNumberOfFailedCalls()).isZero();
  }

  @Test
  void callersInAHurryDoNotOpenTheBreakerForOthers() {
    nodes.noLeader(GROUP);
    for (int i = 0; i < 100; i++) {
      put("k" + i, new CallOptions(50_000_000L, null));
      time.pass(Duration.ofMillis(10));
    }
    time.pass(Duration.ofMillis(100));
    assertThat(state()).isEqualTo(CircuitBreaker.State.CLOSED);
  }

  // ---- sessions and limits ----

  @Test
  void ackedBelowFollowsTheLowestNumberUnderWay() {
    warmUp(1, 3);
    nodes.loseAnswers();
    put("slow");
    long slow = nodes.asked.getLast().command().getSeq();
    for (int i = 0; i < 10; i++) {
      put("k" + i);
    }
    assertThat(nodes.asked.getLast().command().getSeq()).isEqualTo(slow + 10);
    assertThat(nodes.asked).allMatch(asked -> asked.command().getAckedBelow() <= slow);
    assertThat(nodes.asked.getLast().command().getAckedBelow()).isEqualTo(slow);
    nodes.breakStreams();
    time.pass(Duration.ofMillis(200));
    put("after");
    assertThat(nodes.asked.getLast().command().getAckedBelow()).isEqualTo(slow + 11);
  }

  @Test
  void aSessionKeepsItsNumbersInABoundedWindow() {
    ClientSession session = new ClientSession(new Random(1), 64);
    for (int i = 1; i <= 64; i++) {
      assertThat(session.begin().seq()).isEqualTo(i);
    }
    assertThat(session.begin()).isNull();
    session.end(2);
    assertThat(session.begin()).isNull();
    assertThat(session.lowestUnderWay()).isEqualTo(1);
    session.end(1);
    assertThat(session.lowestUnderWay()).isEqualTo(3);
    assertThat(session.begin().seq()).isEqualTo(65);
    assertThat(session.begin().ackedBelow()).isEqualTo(3);
    assertThat(session.begin()).isNull();
  }

  @Test
  void aCallersOwnIdentityIsPassedOnAsItIs() {
    warmUp(1, 3);
    CallerIdentity me = CallerIdentity.of("me", 42, 40);
    put("k", new CallOptions(0, me));
    time.pass(Duration.ofMillis(2));
    var command = nodes.asked.getLast().command();
    assertThat(command.getClientIdHigh()).isEqualTo(me.clientHigh());
    assertThat(command.getClientIdLow()).isEqualTo(me.clientLow());
    assertThat(command.getSeq()).isEqualTo(42);
    assertThat(command.getAckedBelow()).isEqualTo(40);
    assertThat(command.getRingEpoch()).isEqualTo(5);
  }

  /** Every balancer must give a client the same identity: a format. */
  @Test
  void aClientsNameBecomesTheSameIdentityEverywhere() {
    CallerIdentity identity = CallerIdentity.of("abc", 1, 0);
    assertThat(Long.toHexString(identity.clientHigh())).isEqualTo("ba7816bf8f01cfea");
    assertThat(Long.toHexString(identity.clientLow())).isEqualTo("414140de5dae2223");
  }

  @Test
  void balancersNeverShareAnIdentity() {
    CallerIdentity one = new ClientSession(new Random(1), 64).begin();
    CallerIdentity other = new ClientSession(new Random(2), 64).begin();
    assertThat(one.clientHigh()).isNotEqualTo(other.clientHigh());
  }

  @Test
  void aGroupTakesOnlySoManyRequestsAtOnce() {
    router = router(RouterOptions.defaults().withMaxInFlightPerGroup(2));
    nodes.noLeader(GROUP);
    put("a");
    put("b");
    CompletableFuture<KvAnswer> third = put("c");
    assertThat(failed(third).code()).isEqualTo(FailureCode.OVERLOADED);
    assertThat(failed(third).outcome()).isEqualTo(Outcome.NOT_APPLIED);
    time.pass(Duration.ofMillis(5_001));
    assertThat(router.inFlight()).isZero();
  }
}
