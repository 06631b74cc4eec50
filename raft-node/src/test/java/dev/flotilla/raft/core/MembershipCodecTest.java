package dev.flotilla.raft.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MembershipCodecTest {
  private static final Membership JOINT =
      new Membership(Set.of(1, 2, 300), Set.of(1, 4), Set.of(7), Set.of(4));

  @Test
  void theFormatIsFixed() {
    assertThat(HexFormat.of().formatHex(MembershipCodec.encode(JOINT)))
        .isEqualTo("01" + "030102ac02" + "020104" + "0107" + "0104");
  }

  @Test
  void whatIsEncodedIsDecoded() {
    assertThat(MembershipCodec.decode(MembershipCodec.encode(JOINT))).isEqualTo(JOINT);
  }

  @Test
  void damageIsRefused() {
    byte[] good = MembershipCodec.encode(JOINT);
    for (int length = 0; length < good.length; length++) {
      byte[] torn = Arrays.copyOf(good, length);
      assertThatThrownBy(() -> MembershipCodec.decode(torn))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> MembershipCodec.decode(Arrays.copyOf(good, good.length + 1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> MembershipCodec.decode(HexFormat.of().parseHex("01ffffffff7f")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
