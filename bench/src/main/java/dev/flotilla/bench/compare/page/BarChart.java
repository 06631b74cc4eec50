package dev.flotilla.bench.compare.page;

import dev.flotilla.bench.compare.result.Spread;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Horizontal bars as SVG: groups of rows, a bar a series in each row, a whisker from the least to
 * the most.
 */
final class BarChart {

  private static final int WIDTH = 880;
  private static final int LABELS = 290;
  private static final int BARS = 470;
  private static final int MARGIN = 16;
  private static final int HEAD = 64;
  private static final int GROUP_HEIGHT = 26;
  private static final int BAR_HEIGHT = 10;
  private static final int ROW_GAP = 8;
  private static final int TICKS = 5;
  private static final String TEXT = "#24292f";
  private static final String FAINT = "#d0d7de";

  /**
   * @param ours whether it is drawn in the colours that stand out
   */
  record Group(String title, boolean ours, List<Row> rows) {}

  /**
   * @param values one for each series; empty where nothing was measured
   */
  record Row(String label, List<Optional<Spread>> values) {}

  private static final List<String> OURS = List.of("#54a3ff", "#0b5cad");
  private static final List<String> OTHERS = List.of("#b6bdc6", "#6e7781");

  private final StringBuilder svg = new StringBuilder();
  private double scale;

  private BarChart() {}

  /**
   * @param series names, one or two
   * @param unit of the values
   */
  static String draw(String title, String unit, List<String> series, List<Group> groups) {
    BarChart chart = new BarChart();
    chart.drawAll(title, unit, series, groups);
    return chart.svg.toString();
  }

  private void drawAll(String title, String unit, List<String> series, List<Group> groups) {
    double most =
        groups.stream()
            .flatMap(group -> group.rows().stream())
            .flatMap(row -> row.values().stream())
            .flatMap(Optional::stream)
            .mapToDouble(Spread::most)
            .max()
            .orElse(1);
    double step = roundStep(most / TICKS);
    double end = Math.ceil(most / step) * step;
    scale = BARS / end;
    int rowHeight = series.size() * BAR_HEIGHT + ROW_GAP;
    int height = HEAD + MARGIN;
    for (Group group : groups) {
      height += GROUP_HEIGHT + group.rows().size() * rowHeight;
    }
    line(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
            + " font-family=\"system-ui, sans-serif\" font-size=\"12\" fill=\"%s\" role=\"img\">",
        WIDTH, height, WIDTH, height, TEXT);
    line("<title>%s</title>", escaped(title));
    line("<rect width=\"%d\" height=\"%d\" rx=\"6\" fill=\"#ffffff\"/>", WIDTH, height);
    text(MARGIN, 24, "start", "font-size=\"15\" font-weight=\"600\"", title);
    legend(unit, series);
    axis(step, end, height);
    int y = HEAD;
    for (Group group : groups) {
      text(MARGIN, y + 16, "start", "font-weight=\"600\"", group.title());
      y += GROUP_HEIGHT;
      for (Row row : group.rows()) {
        row(row, group.ours() ? OURS : OTHERS, y, series.size());
        y += rowHeight;
      }
    }
    svg.append("</svg>\n");
  }

  private void legend(String unit, List<String> series) {
    int x = MARGIN;
    for (int i = 0; i < series.size(); i++) {
      square(x, 36, OURS.get(i));
      square(x + 12, 36, OTHERS.get(i));
      text(x + 28, 45, "start", "", series.get(i));
      x += 28 + 8 * series.get(i).length();
    }
    text(WIDTH - MARGIN, 45, "end", "", unit);
  }

  private void axis(double step, double end, int height) {
    for (int i = 0; i * step <= end + step / 2; i++) {
      double value = i * step;
      double x = LABELS + value * scale;
      line(
          "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"%s\"/>",
          x, HEAD, x, height - MARGIN / 2, FAINT);
      text(x, HEAD - 4, "middle", "font-size=\"10\"", Figures.tick(value));
    }
  }

  private void row(Row row, List<String> colours, int top, int bars) {
    text(LABELS - 8, top + bars * BAR_HEIGHT / 2.0 + 4, "end", "", row.label());
    for (int i = 0; i < row.values().size(); i++) {
      Optional<Spread> value = row.values().get(i);
      int y = top + i * BAR_HEIGHT;
      if (value.isPresent()) {
        bar(value.get(), y, colours.get(i));
      } else {
        text(LABELS + 4, y + 9, "start", "font-size=\"10\"", "not measured");
      }
    }
  }

  private void bar(Spread value, int y, String colour) {
    double middle = y + (BAR_HEIGHT - 1) / 2.0;
    line(
        "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>",
        LABELS, y, value.median() * scale, BAR_HEIGHT - 1, colour);
    line(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"1.5\"/>",
        LABELS + value.least() * scale, middle, LABELS + value.most() * scale, middle, TEXT);
    text(
        LABELS + value.most() * scale + 5,
        y + 9,
        "start",
        "font-size=\"10\"",
        Figures.count(value.median()));
  }

  private void square(int x, int y, String colour) {
    line("<rect x=\"%d\" y=\"%d\" width=\"10\" height=\"10\" fill=\"%s\"/>", x, y, colour);
  }

  private void text(double x, double y, String anchor, String more, String text) {
    line(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %s>%s</text>",
        x, y, anchor, more, escaped(text));
  }

  private void line(String format, Object... arguments) {
    svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }

  /** The next of 1, 2, 5, 10, 20 and so on that is not below the value. */
  private static double roundStep(double value) {
    double power = Math.pow(10, Math.floor(Math.log10(Math.max(value, 1))));
    for (double factor : new double[] {1, 2, 5}) {
      if (factor * power >= value) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
