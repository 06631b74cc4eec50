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

  private static final Membership BOUND =
      JOINT
          .with(new Member(1, 0x0123456789abcdefL, "", false, 0))
          .with(new Member(7, -1, "é:1", true, 2));

  @Test
  void theFormatWithMembersIsFixed() {
    assertThat(HexFormat.of().formatHex(MembershipCodec.encode(BOUND)))
        .isEqualTo(
            "02"
                + "030102ac02"
                + "020104"
                + "0107"
                + "0104"
                + "02"
                + "01"
                + "efcdab8967452301"
                + "00"
                + "00"
                + "00"
                + "07"
                + "ffffffffffffffff"
                + "04"
                + "c3a93a31"
                + "01"
                + "02");
  }

  @Test
  void theFormatIsFixed() {
    assertThat(HexFormat.of().formatHex(MembershipCodec.encode(JOINT)))
        .isEqualTo("01" + "030102ac02" + "020104" + "0107" + "0104");
  }

  @Test
  void whatIsEncodedIsDecoded() {
    assertThat(MembershipCodec.decode(MembershipCodec.encode(JOINT))).isEqualTo(JOINT);
    assertThat(MembershipCodec.decode(MembershipCodec.encode(BOUND))).isEqualTo(BOUND);
    assertThat(MembershipCodec.decode(MembershipCodec.encode(Membership.EMPTY)))
        .isEqualTo(Membership.EMPTY);
  }

  @Test
  void damageIsRefused() {
    byte[] good = MembershipCodec.encode(BOUND);
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
