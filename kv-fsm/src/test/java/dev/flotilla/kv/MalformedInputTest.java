package dev.flotilla.kv;

import static dev.flotilla.kv.Commands.delete;
import static dev.flotilla.kv.Commands.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.kv.v1.Condition;
import dev.flotilla.proto.kv.v1.Query;
import dev.flotilla.proto.kv.v1.Status;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * H30: whatever a client sends is answered with a value, the same on every replica, and stops
 * nobody.
 */
class MalformedInputTest {
  private final Replica replica = Replica.owningAll();

  @Test
  void bytesThatAreNoCommandAreInvalid() {
    for (byte[] bytes : new byte[][] {{(byte) 0xFF}, {0x32, 0x7F}, {0x0B}, {0x0C}, {0x00}}) {
      assertThat(replica.applyBytes(bytes).getFirst().getStatus()).isEqualTo(Status.STATUS_INVALID);
      assertThat(replica.queryBytes(bytes).getStatus()).isEqualTo(Status.STATUS_INVALID);
    }
  }

  @Test
  void nothingToDoIsInvalid() {
    assertThat(replica.applyBytes(new byte[0]).getFirst().getStatus())
        .isEqualTo(Status.STATUS_INVALID);
    assertThat(replica.query(Query.getDefaultInstance()).getStatus())
        .isEqualTo(Status.STATUS_INVALID);
    // An operation of a later version: field 40.
    assertThat(replica.applyBytes(new byte[] {(byte) 0xC2, 0x02, 0x00}).getFirst().getStatus())
        .isEqualTo(Status.STATUS_INVALID);
  }

  @Test
  void theEmptyKeyIsInvalid() {
    assertThat(replica.apply(put("", "v")).getStatus()).isEqualTo(Status.STATUS_INVALID);
    assertThat(replica.apply(delete("")).getStatus()).isEqualTo(Status.STATUS_INVALID);
    assertThat(replica.get("").getStatus()).isEqualTo(Status.STATUS_INVALID);
  }

  @Test
  void keysAndValuesHaveALimit() {
    assertThat(replica.apply(put("k".repeat(4_096), "v")).getStatus()).isEqualTo(Status.STATUS_OK);
    assertThat(replica.apply(put("k".repeat(4_097), "v")).getStatus())
        .isEqualTo(Status.STATUS_INVALID);
    assertThat(replica.apply(put("k", "v".repeat(1 << 20))).getStatus())
        .isEqualTo(Status.STATUS_OK);
    assertThat(replica.apply(put("k", "v".repeat((1 << 20) + 1))).getStatus())
        .isEqualTo(Status.STATUS_INVALID);
    assertThat(replica.value("k")).hasSize(1 << 20);
  }

  @Test
  void aConditionThatIsSwitchedOffIsInvalid() {
    assertThat(
            replica
                .apply(put("k", "v", Condition.newBuilder().setAbsent(false).build()))
                .getStatus())
        .isEqualTo(Status.STATUS_INVALID);
    assertThat(
            replica
                .apply(delete("k", Condition.newBuilder().setPresent(false).build()))
                .getStatus())
        .isEqualTo(Status.STATUS_INVALID);
  }

  @Test
  void damagedCommandsAreAnsweredAlikeEverywhere() {
    Random random = new Random(30);
    Replica other = Replica.owningAll();
    byte[] good =
        Commands.from(3, 4, 2, put("key", "value", Commands.ifRevision(5), 1_000)).toByteArray();
    for (int i = 0; i < 2_000; i++) {
      byte[] bytes = Arrays.copyOf(good, random.nextInt(good.length + 3));
      for (int damage = random.nextInt(4); damage > 0 && bytes.length > 0; damage--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      assertThat(replica.applyBytes(bytes)).isEqualTo(other.applyBytes(bytes));
      assertThat(replica.queryBytes(bytes)).isEqualTo(other.queryBytes(bytes));
    }
    assertThat(replica.machine.stateHash()).isEqualTo(other.machine.stateHash());
  }

  @Test
  void aCommandsBytesAreNotKept() {
    byte[] bytes = put("k", "v").toByteArray();
    replica.applyBytes(bytes);
    Arrays.fill(bytes, (byte) 0);
    assertThat(replica.value("k")).isEqualTo("v");
  }
}
