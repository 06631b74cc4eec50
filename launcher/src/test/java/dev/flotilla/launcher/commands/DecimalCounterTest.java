package dev.flotilla.launcher.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DecimalCounterTest {
  private static OptionalLong parse(String text) {
    return DecimalCounter.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void wholeNumbersOf64BitsCount() {
    for (long number : List.of(0L, 7L, -7L, 1_000_000L, Long.MAX_VALUE, Long.MIN_VALUE)) {
      assertThat(parse(Long.toString(number))).hasValue(number);
    }
    assertThat(parse("007")).hasValue(7);
    assertThat(parse("-0")).hasValue(0);
  }

  @Test
  void nothingElseDoes() {
    for (String text :
        List.of(
            "",
            "-",
            "+1",
            " 1",
            "1 ",
            "1\n",
            "1.0",
            "1e3",
            "0x1",
            "--1",
            "1-",
            "one",
            "\u0661",
            "9223372036854775808",
            "-9223372036854775809",
            "18446744073709551616",
            "99999999999999999999",
            "00000000000000000001")) {
      assertThat(parse(text)).as(text).isEmpty();
    }
  }

  @Test
  void sumsThatDoNotFitAreNone() {
    assertThat(DecimalCounter.sum(2, 3)).hasValue(5);
    assertThat(DecimalCounter.sum(Long.MAX_VALUE, 0)).hasValue(Long.MAX_VALUE);
    assertThat(DecimalCounter.sum(Long.MAX_VALUE, -1)).hasValue(Long.MAX_VALUE - 1);
    assertThat(DecimalCounter.sum(Long.MAX_VALUE, 1)).isEmpty();
    assertThat(DecimalCounter.sum(Long.MIN_VALUE, -1)).isEmpty();
    assertThat(DecimalCounter.sum(Long.MIN_VALUE, Long.MAX_VALUE)).hasValue(-1);
  }
}
