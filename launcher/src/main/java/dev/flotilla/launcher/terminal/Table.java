package dev.flotilla.launcher.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Rows under headings, columns as wide as their widest cell. Numbers stand at the right. */
public final class Table {

  /** How a column is set. */
  public enum Align {
    LEFT,
    RIGHT
  }

  /** A cell's text and how to colour it; the width is the text's alone. */
  public record Cell(String text, UnaryOperator<String> style) {
    public static Cell of(String text) {
      return new Cell(text, UnaryOperator.identity());
    }

    public static Cell of(long number) {
      return of(Long.toString(number));
    }
  }

  private static final String GAP = "  ";

  private final List<String> headings = new ArrayList<>();
  private final List<Align> alignments = new ArrayList<>();
  private final List<List<Cell>> rows = new ArrayList<>();

  public Table column(String heading, Align align) {
    headings.add(heading);
    alignments.add(align);
    return this;
  }

  public Table row(Cell... cells) {
    if (cells.length != headings.size()) {
      throw new IllegalArgumentException(
          cells.length + " cells for " + headings.size() + " columns");
    }
    rows.add(List.of(cells));
    return this;
  }

  /** The lines, headings first, without blanks at their ends. */
  public List<String> lines(UnaryOperator<String> headingStyle) {
    int[] widths = new int[headings.size()];
    for (int column = 0; column < widths.length; column++) {
      widths[column] = width(headings.get(column));
      for (List<Cell> row : rows) {
        widths[column] = Math.max(widths[column], width(row.get(column).text()));
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add(line(headings.stream().map(text -> new Cell(text, headingStyle)).toList(), widths));
    rows.forEach(row -> lines.add(line(row, widths)));
    return lines;
  }

  private String line(List<Cell> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < widths.length; column++) {
      Cell cell = cells.get(column);
      String padding = " ".repeat(widths[column] - width(cell.text()));
      String styled = cell.style().apply(cell.text());
      line.append(column == 0 ? "" : GAP)
          .append(alignments.get(column) == Align.RIGHT ? padding + styled : styled + padding);
    }
    return line.toString().stripTrailing();
  }

  private static int width(String text) {
    return text.codePointCount(0, text.length());
  }
}
