package dev.flotilla.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class CommandFrameTest {

  @Test
  void commandsComeOutAsTheyWentIn() {
    SplittableRandom random = new SplittableRandom(7);
    for (int round = 0; round < 200; round++) {
      List<ByteString> commands = new ArrayList<>();
      for (int i = random.nextInt(20); i > 0; i--) {
        byte[] command = new byte[random.nextInt(400)];
        random.nextBytes(command);
        commands.add(ByteString.copyFrom(command));
      }

      List<byte[]> decoded = CommandFrame.decode(CommandFrame.encode(commands));

      assertThat(decoded.stream().map(ByteString::copyFrom).toList()).isEqualTo(commands);
    }
  }

  @Test
  void theFormatIsFixed() {
    List<ByteString> commands =
        List.of(ByteString.copyFromUtf8("ab"), ByteString.EMPTY, ByteString.copyFromUtf8("c"));

    assertThat(CommandFrame.encode(commands)).containsExactly(3, 2, 'a', 'b', 0, 1, 'c');
  }

  @Test
  void everyTruncationAndEveryTrailingByteIsNoticed() {
    byte[] frame =
        CommandFrame.encode(
            List.of(ByteString.copyFromUtf8("one"), ByteString.copyFrom(new byte[300])));
    for (int length = 0; length < frame.length; length++) {
      byte[] cut = Arrays.copyOf(frame, length);
      assertThatThrownBy(() -> CommandFrame.decode(cut))
          .isInstanceOf(IllegalArgumentException.class);
    }
    byte[] longer = Arrays.copyOf(frame, frame.length + 1);
    assertThatThrownBy(() -> CommandFrame.decode(longer))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aClaimOfMoreThanThereIsReservesNoMemory() {
    byte[] claim = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x07};

    assertThatThrownBy(() -> CommandFrame.decode(claim))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
