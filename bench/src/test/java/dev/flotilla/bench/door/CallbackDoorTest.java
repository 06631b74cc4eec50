package dev.flotilla.bench.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Threads of the client only queue; the polling thread delivers. */
final class CallbackDoorTest {

  private static final long LONG_NANOS = 60_000_000_000L;

  private final List<CallbackDoor.Answer> open = new ArrayList<>();
  private final List<String> delivered = new ArrayList<>();
  private final CallbackDoor door = new CallbackDoor(2, new FakeClient());
  private final Answers answers = new Recording();

  @Test
  void answersAreDeliveredByThePollOnly() {
    door.submit(0, delete());
    door.submit(1, delete());
    open.get(1).succeeded(3, 7);
    open.get(0).failed(new Failure("X", Outcome.UNKNOWN, "why"));
    assertThat(delivered).isEmpty();

    door.poll(LONG_NANOS, answers);

    assertThat(delivered).containsExactly("1 ok 3 at 7", "0 X");
  }

  @Test
  void aPollWithoutAnswersEndsAfterItsTime() {
    door.submit(0, delete());
    door.poll(1, answers);
    assertThat(delivered).isEmpty();
  }

  @Test
  void anAnswerWakesTheThreadThatPolls() throws InterruptedException {
    door.submit(0, delete());
    Thread other = Thread.ofPlatform().start(() -> open.getFirst().succeeded(1));
    while (delivered.isEmpty()) {
      door.poll(LONG_NANOS, answers);
    }
    other.join();
    assertThat(delivered).containsExactly("0 ok 1");
  }

  @Test
  void aLaneHasOneOperationOutstanding() {
    door.submit(0, delete());
    assertThatThrownBy(() -> door.submit(0, delete()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("lane 0");
    open.getFirst().succeeded(0);
    door.poll(LONG_NANOS, answers);
    door.submit(0, delete());
    assertThat(open).hasSize(2);
  }

  private static Operation delete() {
    return new Operation.Delete(new byte[] {'k'});
  }

  private final class FakeClient implements CallbackDoor.Client {
    @Override
    public void call(int lane, Operation operation, CallbackDoor.Answer answer) {
      open.add(answer);
    }

    @Override
    public void close() {}
  }

  private final class Recording implements Answers {
    @Override
    public void succeeded(int lane, Operation operation, int group, long revision) {
      delivered.add(lane + " ok " + group + (revision == 0 ? "" : " at " + revision));
    }

    @Override
    public void failed(int lane, Operation operation, Failure failure) {
      delivered.add(lane + " " + failure.code());
    }
  }
}
