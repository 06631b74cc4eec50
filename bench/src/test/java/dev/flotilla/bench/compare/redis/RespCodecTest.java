package dev.flotilla.bench.compare.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.bench.door.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class RespCodecTest {

  private static final Operation SET = new Operation.Set(bytes("key"), bytes("value"));
  private static final Operation GET = new Operation.Get(bytes("key"), bytes("va"), 5);

  private final RespCodec codec = new RespCodec();

  @Test
  void spellsCommandsAsArraysOfBulkStrings() {
    assertThat(text(codec.encode(SET)))
        .isEqualTo("*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r\n");
    assertThat(text(codec.encode(GET))).isEqualTo("*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n");
  }

  @Test
  void anAnswerIsCompleteWithItsLastByteAndNotBefore() throws IOException {
    codec.encode(GET);
    String answer = "$5\r\nvalue\r\n";
    for (int i = 0; i < answer.length(); i++) {
      assertThat(codec.isComplete()).isFalse();
      answer(answer.substring(i, i + 1));
    }
    assertThat(codec.isComplete()).isTrue();
    assertThat(codec.judge(GET)).isNull();
  }

  @Test
  void anAckedSetIsRight() throws IOException {
    codec.encode(SET);
    answer("+OK\r\n");
    assertThat(codec.isComplete()).isTrue();
    assertThat(codec.judge(SET)).isNull();
  }

  @Test
  void anErrorIsAFailureWithItsText() throws IOException {
    codec.encode(SET);
    answer("-MISCONF cannot write\r\n");
    assertThat(codec.isComplete()).isTrue();
    assertThat(codec.judge(SET).code()).isEqualTo("REDIS_ERROR");
    assertThat(codec.judge(SET).sample()).isEqualTo("MISCONF cannot write");
  }

  @Test
  void anotherValueOrNoneIsWrong() throws IOException {
    codec.encode(GET);
    answer("$-1\r\n");
    assertThat(codec.isComplete()).isTrue();
    assertThat(codec.judge(GET).code()).isEqualTo("MISMATCH");
    codec.encode(GET);
    answer("$5\r\nother\r\n");
    assertThat(codec.judge(GET).code()).isEqualTo("MISMATCH");
  }

  @Test
  void aValueLongerThanTheBufferIsReadWhole() throws IOException {
    String value = "va" + "x".repeat(5_000);
    Operation get = new Operation.Get(bytes("key"), bytes("va"), value.length());
    codec.encode(get);
    answer("$" + value.length() + "\r\n" + value + "\r\n");
    assertThat(codec.isComplete()).isTrue();
    assertThat(codec.judge(get)).isNull();
  }

  @Test
  void whatIsNotRespIsRefused() {
    codec.encode(GET);
    assertThatThrownBy(
            () -> {
              answer("$five\r\n");
              codec.isComplete();
            })
        .isInstanceOf(IOException.class)
        .hasMessageContaining("$five");
  }

  private void answer(String text) throws IOException {
    byte[] rest = bytes(text);
    int from = 0;
    while (from < rest.length) {
      ByteBuffer room = codec.room();
      int count = Math.min(room.remaining(), rest.length - from);
      room.put(rest, from, count);
      from += count;
    }
  }

  private static String text(ByteBuffer bytes) {
    return UTF_8.decode(bytes).toString();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
