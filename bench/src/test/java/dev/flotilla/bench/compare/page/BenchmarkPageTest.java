package dev.flotilla.bench.compare.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.bench.compare.lineup.Contestant;
import dev.flotilla.bench.compare.lineup.Lineup;
import dev.flotilla.bench.compare.result.Cell;
import dev.flotilla.bench.compare.result.Entry;
import dev.flotilla.bench.compare.result.Head;
import dev.flotilla.bench.compare.result.Measured;
import dev.flotilla.bench.compare.result.Results;
import dev.flotilla.bench.compare.result.Spread;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

final class BenchmarkPageTest {

  private static final Head HEAD =
      new Head(
          "2026-01-02",
          "2 cores",
          "a JVM",
          Map.of("flotilla", "abc123", "etcd", "3.4.23"),
          new Head.Settings(2, 100_000, 128, 120, 30, 3, 10, "512m"));

  @TempDir private Path folder;

  private final BenchmarkPage page = new BenchmarkPage(results(), Lineup.all());

  @Test
  void aRowHoldsMedianLeastAndMost() {
    assertThat(page.markdown())
        .contains("| system | client | 1 outstanding | 64 outstanding |")
        .contains(
            "| Flotilla, 1 group | form HTTP through the balancer |  | 15.0 k (10.0 k–20.0 k) |")
        .contains("| etcd | JSON gateway, a connection each | 500 | 3.00 k (2.50 k–3.50 k) |");
  }

  @Test
  void likeClientsAreComparedWithLike() {
    // 10,000 over 2,500 in the first round, 20,000 over 3,500 in the second.
    assertThat(page.markdown())
        .contains(
            "| Flotilla, 1 group, form HTTP through the balancer | etcd, JSON gateway, a connection each"
                + " | 4.9 (4.0–5.7) |")
        .doesNotContain("| Flotilla, 1 group, form HTTP through the balancer | etcd, gRPC");
  }

  @Test
  void systemsThatWereNotMeasuredAreNotShown() {
    assertThat(page.markdown()).doesNotContain("RheaKV").doesNotContain("Redis, not replicated");
  }

  @Test
  void versionsAndFailuresAreTold() {
    assertThat(page.markdown())
        .contains("| etcd | 3.4.23 | three members")
        .contains("etcd: 7 operations failed");
  }

  @Test
  void pageAndPicturesAreWritten() throws Exception {
    page.write(folder);
    assertThat(folder.resolve("benchmarks.md")).isNotEmptyFile();
    for (String picture : List.of("writes.svg", "reads.svg")) {
      String svg = Files.readString(folder.resolve("benchmarks").resolve(picture));
      assertThat(parsed(svg).getDocumentElement().getTagName()).isEqualTo("svg");
    }
  }

  @Test
  void barsAreAsLongAsTheirMediansAndLabelsAreEscaped() throws Exception {
    String svg =
        BarChart.draw(
            "a < b & c",
            "a second",
            List.of("64", "256"),
            List.of(
                new BarChart.Group(
                    "us",
                    true,
                    List.of(
                        new BarChart.Row(
                            "shape",
                            List.of(
                                Optional.of(new Spread(100, 50, 200)),
                                Optional.of(new Spread(200, 200, 200)))))),
                new BarChart.Group(
                    "them",
                    false,
                    List.of(
                        new BarChart.Row("none", List.of(Optional.empty(), Optional.empty()))))));
    Document document = parsed(svg);
    List<Double> widths = new ArrayList<>();
    for (int i = 0; i < document.getElementsByTagName("rect").getLength(); i++) {
      var rect = document.getElementsByTagName("rect").item(i).getAttributes();
      if (rect.getNamedItem("height").getNodeValue().equals("9")) {
        widths.add(Double.valueOf(rect.getNamedItem("width").getNodeValue()));
      }
    }
    assertThat(widths).hasSize(2);
    assertThat(widths.get(1)).isEqualTo(2 * widths.get(0));
    assertThat(svg).contains("a &lt; b &amp; c").contains("not measured");
  }

  @Test
  void figuresHaveThreeDigitsThatMeanSomething() {
    assertThat(List.of(7.0, 850.4, 999.6, 9_994.0, 9_996.0, 64_900.0, 99_960.0))
        .extracting(Figures::count)
        .containsExactly("7", "850", "1.00 k", "9.99 k", "10.0 k", "64.9 k", "100 k");
    assertThat(List.of(723.0, 3_940.0, 31_400.0))
        .extracting(Figures::millis)
        .containsExactly("0.72", "3.9", "31");
    assertThat(List.of(0.337, 2.06, 11.8))
        .extracting(Figures::times)
        .containsExactly("0.34", "2.1", "12");
    assertThat(Figures.spread(new Spread(2.0, 1.99, 2.01), Figures::times)).isEqualTo("2.0");
  }

  @Test
  void theLineupNamesEverySystemAndShapeOnce() {
    assertThat(Lineup.all()).extracting(Contestant::name).doesNotHaveDuplicates();
    for (Contestant system : Lineup.all()) {
      List<Cell> cells = system.cells(List.of(64, 256, 1));
      assertThat(cells).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(4);
      assertThat(cells).allSatisfy(cell -> assertThat(Cell.parse(cell.text())).isEqualTo(cell));
    }
  }

  private static Results results() {
    List<Entry> entries = new ArrayList<>();
    entries.add(entry(1, "flotilla", "form:set:64", 100_000, 0));
    entries.add(entry(2, "flotilla", "form:set:64", 200_000, 0));
    entries.add(entry(1, "etcd", "json:set:64", 25_000, 3));
    entries.add(entry(2, "etcd", "json:set:64", 35_000, 4));
    entries.add(entry(1, "etcd", "json:set:1", 5_000, 0));
    entries.add(entry(2, "etcd", "json:set:1", 5_000, 0));
    return new Results(HEAD, entries);
  }

  private static Entry entry(
      int round, String system, String cell, long operations, long failures) {
    return new Entry(
        round,
        system,
        new Measured(
            Cell.parse(cell), operations, 10, 1_000, 2_000, 3_000, 4_000, failures, 50, 20));
  }

  private static Document parsed(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)));
  }
}
