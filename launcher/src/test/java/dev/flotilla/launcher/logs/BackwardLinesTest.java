package dev.flotilla.launcher.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackwardLinesTest {
  @TempDir Path temp;

  private List<String> backward(String text) throws IOException {
    Path file = Files.writeString(temp.resolve("file"), text);
    List<String> lines = new ArrayList<>();
    try (OpenLog log = OpenLog.open(file).orElseThrow()) {
      BackwardLines reader = new BackwardLines(log, log.size());
      for (Optional<String> next = reader.next(); next.isPresent(); next = reader.next()) {
        lines.add(next.get());
      }
    }
    return lines;
  }

  @Test
  void linesComeFromTheLastToTheFirst() throws IOException {
    assertThat(backward("a\nb\r\n\nc\n")).containsExactly("c", "", "b", "a");
    assertThat(backward("a\nb")).containsExactly("b", "a");
    assertThat(backward("\na\n")).containsExactly("a", "");
    assertThat(backward("a")).containsExactly("a");
    assertThat(backward("\n")).containsExactly("");
    assertThat(backward("")).isEmpty();
  }

  @Test
  void piecesOfTheFileDoNotShow() throws IOException {
    Random random = new Random(7);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      lines.add(i + "\u00fc".repeat(random.nextInt(200)));
    }
    assertThat(backward(String.join("\n", lines) + "\n")).isEqualTo(lines.reversed());
  }

  @Test
  void aLineOfHundredsOfKilobytesIsRead() throws IOException {
    String large = "x".repeat(300_000);
    assertThat(backward("a\n" + large + "\nb\n")).containsExactly("b", large, "a");
  }

  @Test
  void aLineWithoutEndComesInPieces() throws IOException {
    String endless = "x".repeat(3 * BackwardLines.MOST_LINE_BYTES);
    List<String> pieces = backward("a\n" + endless);
    assertThat(pieces.getLast()).isEqualTo("a");
    assertThat(pieces).hasSizeGreaterThan(3);
    assertThat(String.join("", pieces.subList(0, pieces.size() - 1))).isEqualTo(endless);
  }
}
