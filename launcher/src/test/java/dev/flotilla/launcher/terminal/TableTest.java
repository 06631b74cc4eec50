package dev.flotilla.launcher.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.launcher.terminal.Table.Align;
import dev.flotilla.launcher.terminal.Table.Cell;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class TableTest {

  @Test
  void columnsAreAsWideAsTheirWidestCellAndNumbersStandAtTheRight() {
    Table table =
        new Table()
            .column("NODE", Align.LEFT)
            .column("TERM", Align.RIGHT)
            .column("ROLE", Align.LEFT)
            .row(Cell.of("n1"), Cell.of(7), Cell.of("leader"))
            .row(Cell.of("n10000"), Cell.of(123_456), Cell.of("follower"));
    assertThat(table.lines(UnaryOperator.identity()))
        .containsExactly(
            "NODE      TERM  ROLE", "n1           7  leader", "n10000  123456  follower");
  }

  @Test
  void colourDoesNotCountAsWidth() {
    Table table =
        new Table()
            .column("A", Align.LEFT)
            .column("B", Align.LEFT)
            .row(new Cell("xy", text -> "<green>" + text + "</green>"), Cell.of("1"));
    assertThat(table.lines(UnaryOperator.identity()).get(1)).isEqualTo("<green>xy</green>  1");
  }

  @Test
  void noColourAndNoProgressWithoutATerminal() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Terminal terminal = new Terminal(new PrintStream(out), System.err, false, false);
    terminal.progress("waiting");
    terminal.line(terminal.green("ready"));
    assertThat(out.toString()).isEqualTo("ready" + System.lineSeparator());
  }

  @Test
  void noColorIsHonoured() {
    System.setProperty(Terminal.TTY_PROPERTY, "true");
    try {
      assertThat(Terminal.system(Map.of()).green("x")).isEqualTo("\u001b[32mx\u001b[0m");
      assertThat(Terminal.system(Map.of("NO_COLOR", "1")).green("x")).isEqualTo("x");
      assertThat(Terminal.system(Map.of("NO_COLOR", "")).green("x")).contains("\u001b");
      assertThat(Terminal.system(Map.of("TERM", "dumb")).green("x")).isEqualTo("x");
    } finally {
      System.clearProperty(Terminal.TTY_PROPERTY);
    }
  }
}
