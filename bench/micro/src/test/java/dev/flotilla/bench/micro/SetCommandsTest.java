package dev.flotilla.bench.micro;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.flotilla.proto.kv.v1.Command;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class SetCommandsTest {
  /** A command with an old number would be answered from its session, and nothing measured. */
  @Test
  void everyCommandHasTheNextNumber() throws InvalidProtocolBufferException {
    SetCommands commands = new SetCommands(8, 4, 100, new SplittableRandom(1));
    long seq = commands.seq();
    for (int round = 0; round < 5; round++) {
      for (byte[] bytes : commands.nextBatch()) {
        Command command = Command.parseFrom(bytes);
        assertThat(command.getSeq()).isEqualTo(++seq);
        assertThat(command.getAckedBelow()).isEqualTo(seq - 256);
        assertThat(command.getPut().getValue().size()).isEqualTo(128);
      }
      assertThat(commands.seq()).isEqualTo(seq);
    }
  }
}
