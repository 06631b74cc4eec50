package dev.flotilla.balancer.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.balancer.ring.SlotTable;
import dev.flotilla.balancer.routing.CallOptions;
import dev.flotilla.balancer.routing.Consistency;
import dev.flotilla.balancer.routing.FailureCode;
import dev.flotilla.balancer.routing.GroupView;
import dev.flotilla.balancer.routing.KvAnswer;
import dev.flotilla.balancer.routing.KvRequest;
import dev.flotilla.balancer.routing.KvService;
import dev.flotilla.balancer.routing.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class LostAnswerGuardTest {
  private static final KvRequest REQUEST =
      new KvRequest.Get(new byte[] {1}, false, Consistency.LINEARIZABLE);
  private static final KvAnswer ANSWER =
      new KvAnswer.Failed(1, 1, FailureCode.TIMEOUT, Outcome.UNKNOWN, "late");

  private Runnable nextLook = () -> {};
  private final List<CompletableFuture<KvAnswer>> routed = new ArrayList<>();
  private final List<Integer> lost = new ArrayList<>();
  private final LostAnswerGuard guard =
      new LostAnswerGuard(
          new Routing(),
          (delayNanos, task) -> {
            nextLook = task;
            return () -> {};
          },
          Duration.ofSeconds(10),
          lost::add);

  @Test
  void anAnswerThatComesIsPassedOn() {
    CompletableFuture<KvAnswer> answer = guard.execute(REQUEST, CallOptions.DEFAULT);
    passSeconds(9);
    assertThat(answer).isNotDone();
    assertThat(guard.awaited()).isEqualTo(1);
    routed.getFirst().complete(ANSWER);
    assertThat(answer).isCompletedWithValue(ANSWER);
    assertThat(guard.awaited()).isZero();
  }

  @Test
  void anAnswerThatIsLostIsGivenAfterAll() {
    CompletableFuture<KvAnswer> answer = guard.execute(REQUEST, CallOptions.DEFAULT);
    passSeconds(11);
    assertThat(answer).isNotDone();
    assertThat(lost).isEmpty();
    passSeconds(1);
    assertThat(lost).containsExactly(1);
    assertThat(answer)
        .isCompletedWithValueMatching(value ->
            value instanceof KvAnswer.Failed failed
                && failed.code() == FailureCode.INTERNAL
                && failed.outcome() == Outcome.UNKNOWN);
    assertThat(guard.awaited()).isZero();
  }

  /** The guard looks once a second. */
  private void passSeconds(int seconds) {
    for (int i = 0; i < seconds; i++) {
      nextLook.run();
    }
  }

  private final class Routing implements KvService {
    @Override
    public CompletableFuture<KvAnswer> execute(KvRequest request, CallOptions options) {
      CompletableFuture<KvAnswer> answer = new CompletableFuture<>();
      routed.add(answer);
      return answer;
    }

    @Override
    public CompletableFuture<List<GroupView>> probeLeaders() {
      throw new AssertionError("not asked for");
    }

    @Override
    public List<GroupView> groups() {
      throw new AssertionError("not asked for");
    }

    @Override
    public SlotTable slots() {
      throw new AssertionError("not asked for");
    }
  }
}
