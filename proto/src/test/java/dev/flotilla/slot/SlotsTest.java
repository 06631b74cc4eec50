package dev.flotilla.slot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class SlotsTest {

  /** Vectors of the Redis Cluster specification and CRC catalogues: a format, never to change. */
  @Test
  void matchesTheVectorsOtherClusterClientsUse() {
    assertThat(slot("123456789")).isEqualTo(0x31C3 % Slots.COUNT);
    assertThat(slot("foo")).isEqualTo(12182);
    assertThat(slot("bar")).isEqualTo(5061);
    assertThat(slot("")).isZero();
  }

  @Test
  void onlyTheTagIsHashedWhenThereIsOne() {
    assertThat(slot("{user1000}.following")).isEqualTo(slot("user1000"));
    assertThat(slot("{user1000}.followers")).isEqualTo(slot("{user1000}.following"));
    assertThat(slot("foo{bar}{zap}")).isEqualTo(slot("bar"));
    assertThat(slot("foo{{bar}}zap")).isEqualTo(slot("{bar"));
  }

  @Test
  void anEmptyOrUnclosedTagIsNoTag() {
    assertThat(slot("foo{}{bar}")).isEqualTo(crcOfWhole("foo{}{bar}"));
    assertThat(slot("foo{bar")).isEqualTo(crcOfWhole("foo{bar"));
  }

  private static int slot(String key) {
    return Slots.of(key.getBytes(StandardCharsets.UTF_8));
  }

  /** Bit by bit, as the definition has it. */
  private static int crcOfWhole(String key) {
    int crc = 0;
    for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
      crc ^= (b & 0xFF) << 8;
      for (int i = 0; i < 8; i++) {
        crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
        crc &= 0xFFFF;
      }
    }
    return crc % Slots.COUNT;
  }
}
