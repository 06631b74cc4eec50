package dev.flotilla.launcher.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BatchLinesTest {
  private static List<String> read(String text, int mostBytes) throws IOException {
    List<String> lines = new ArrayList<>();
    try (BatchLines reader =
        new BatchLines(
            new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), mostBytes)) {
      for (Optional<BatchLines.Line> next = reader.next(); next.isPresent(); next = reader.next()) {
        BatchLines.Line line = next.get();
        lines.add(
            line.number()
                + ":"
                + (line.tooLong() ? "too long" : new String(line.bytes(), StandardCharsets.UTF_8)));
      }
    }
    return lines;
  }

  @Test
  void linesEndWithLfOrCrLfOrTheFile() throws IOException {
    assertThat(read("a\nb\r\n\nc", 100)).containsExactly("1:a", "2:b", "3:", "4:c");
    assertThat(read("a\n", 100)).containsExactly("1:a");
    assertThat(read("", 100)).isEmpty();
    assertThat(read("\n", 100)).containsExactly("1:");
  }

  @Test
  void aLineThatIsTooLongIsPassedOver() throws IOException {
    assertThat(read("abcd\nabcde\nab", 4)).containsExactly("1:abcd", "2:too long", "3:ab");
  }

  @Test
  void largeLinesAreReadWhole() throws IOException {
    String large = "x".repeat(300_000);
    assertThat(read(large + "\n" + large, 1 << 20)).containsExactly("1:" + large, "2:" + large);
  }
}
