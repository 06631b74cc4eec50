package dev.flotilla.bench.compare.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.bench.compare.fake.Told;
import dev.flotilla.bench.door.Operation;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class RespDoorTest {

  private final Told told = new Told();
  private FakeRedis redis;

  @BeforeEach
  void start() throws IOException {
    redis = new FakeRedis();
  }

  @AfterEach
  void stop() throws IOException {
    redis.close();
  }

  @Test
  void everyLaneGetsItsOwnAnswer() throws IOException {
    try (RespDoor door = new RespDoor(redis.address(), 10, System::nanoTime)) {
      for (int lane = 0; lane < 10; lane++) {
        door.submit(lane, new Operation.Set(bytes("k" + lane), bytes("v" + lane)));
      }
      told.await(door, 10);
      for (int lane = 0; lane < 10; lane++) {
        door.submit(lane, new Operation.Get(bytes("k" + lane), bytes("v" + lane), 2));
      }
      told.await(door, 20);
    }
    assertThat(told.failed).isEmpty();
    assertThat(told.succeeded).hasSize(20);
    assertThat(told.succeeded.subList(10, 20))
        .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  @Test
  void aKeyThatIsNotThereIsAFailure() throws IOException {
    try (RespDoor door = new RespDoor(redis.address(), 1, System::nanoTime)) {
      door.submit(0, new Operation.Get(bytes("absent"), new byte[0], -1));
      told.await(door, 1);
    }
    assertThat(told.failed).extracting("code").containsExactly("MISMATCH");
  }

  @Test
  void aConnectionThatBreaksBreaksTheDoor() throws IOException {
    try (RespDoor door = new RespDoor(redis.address(), 2, System::nanoTime)) {
      door.submit(0, new Operation.Get(bytes("hangup"), new byte[0], -1));
      assertThatThrownBy(() -> told.await(door, 1)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aLaneHasOneOperationOutstanding() throws IOException {
    try (RespDoor door = new RespDoor(redis.address(), 1, System::nanoTime)) {
      door.submit(0, new Operation.Set(bytes("k"), bytes("v")));
      assertThatThrownBy(() -> door.submit(0, new Operation.Set(bytes("k"), bytes("v"))))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("lane 0");
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
