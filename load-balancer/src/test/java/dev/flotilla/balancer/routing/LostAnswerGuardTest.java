package dev.flotilla.balancer.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.balancer.ring.SlotTable;
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

  private final ManualTime time = new ManualTime();
  private final List<CompletableFuture<KvAnswer>> routed = new ArrayList<>();
  private final List<Integer> lost = new ArrayList<>();
  private final LostAnswerGuard guard =
      new LostAnswerGuard(new Routing(), time, Duration.ofSeconds(10), lost::add);

  @Test
  void anAnswerThatComesIsPassedOn() {
    CompletableFuture<KvAnswer> answer = guard.execute(REQUEST, CallOptions.DEFAULT);
    time.pass(Duration.ofSeconds(9));
    assertThat(answer).isNotDone();
    assertThat(guard.awaited()).isEqualTo(1);
    routed.getFirst().complete(ANSWER);
    assertThat(answer).isCompletedWithValue(ANSWER);
    assertThat(guard.awaited()).isZero();
  }

  @Test
  void anAnswerThatIsLostIsGivenAfterAll() {
    time.pass(Duration.ofMillis(500));
    CompletableFuture<KvAnswer> answer = guard.execute(REQUEST, CallOptions.DEFAULT);
    time.pass(Duration.ofMillis(10_400));
    assertThat(answer).isNotDone();
    assertThat(lost).isEmpty();
    time.pass(Duration.ofSeconds(2));
    assertThat(lost).containsExactly(1);
    assertThat(answer)
        .isCompletedWithValueMatching(value ->
            value instanceof KvAnswer.Failed failed
                && failed.code() == FailureCode.INTERNAL
                && failed.outcome() == Outcome.UNKNOWN);
    assertThat(guard.awaited()).isZero();
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
