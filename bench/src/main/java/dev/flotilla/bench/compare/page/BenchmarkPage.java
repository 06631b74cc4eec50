package dev.flotilla.bench.compare.page;

import dev.flotilla.bench.compare.lineup.Contestant;
import dev.flotilla.bench.compare.lineup.Contestant.Kind;
import dev.flotilla.bench.compare.lineup.Contestant.Shape;
import dev.flotilla.bench.compare.lineup.Lineup;
import dev.flotilla.bench.compare.result.Cell;
import dev.flotilla.bench.compare.result.Cell.Work;
import dev.flotilla.bench.compare.result.Head;
import dev.flotilla.bench.compare.result.Measured;
import dev.flotilla.bench.compare.result.Results;
import dev.flotilla.bench.compare.result.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;

/** {@code benchmarks.md} and its pictures. */
public final class BenchmarkPage {

  private static final Map<Work, String> PICTURES =
      Map.of(Work.SET, "benchmarks/writes.svg", Work.GET, "benchmarks/reads.svg");
  private static final int FEWEST_BUSY = 2;
  private static final int PICTURED = 2;

  private final Results results;
  private final List<Contestant> lineup;
  private final List<Integer> outstanding;
  // Without one at a time, where latency is the figure and not throughput.
  private final List<Integer> busy;

  /**
   * @param lineup in which the systems of the results are looked up
   */
  public BenchmarkPage(Results results, List<Contestant> lineup) {
    this.results = results;
    this.lineup =
        lineup.stream().filter(system -> results.systems().contains(system.name())).toList();
    this.outstanding = results.outstanding();
    this.busy = outstanding.stream().filter(count -> count >= FEWEST_BUSY).toList();
  }

  /** Writes {@code benchmarks.md} and {@code benchmarks/*.svg} in the folder. */
  public void write(Path folder) throws IOException {
    Files.createDirectories(folder.resolve("benchmarks"));
    Files.writeString(folder.resolve("benchmarks.md"), markdown());
    for (Map.Entry<Work, String> picture : PICTURES.entrySet()) {
      Files.writeString(folder.resolve(picture.getValue()), picture(picture.getKey()));
    }
  }

  String markdown() {
    StringBuilder text = new StringBuilder();
    introduction(text);
    for (Work work : Work.values()) {
      text.append("\n## ").append(heading(work)).append("\n\n");
      text.append("![")
          .append(heading(work))
          .append("](")
          .append(PICTURES.get(work))
          .append(")\n\n");
      text.append("Operations a second.\n\n");
      table(text, work, outstanding, Measured::operationsPerSecond, Figures::count);
      text.append("\nMedian latency (p50), ms.\n\n");
      table(text, work, outstanding, Measured::p50Micros, Figures::millis);
      text.append("\nLatency of all but one operation in a hundred (p99), ms.\n\n");
      table(text, work, outstanding, Measured::p99Micros, Figures::millis);
    }
    ratios(text);
    processorTime(text);
    setups(text);
    return text.toString();
  }

  private void introduction(StringBuilder text) {
    Head head = results.head();
    Head.Settings settings = head.settings();
    line(text, "# Benchmarks");
    line(text, "");
    line(
        text,
        "Flotilla beside what a user would pick instead, on one machine, in one run. Made by `bench/compare/run`"
            + " (%s); what it measured is in `benchmarks/results.jsonl`, and `bench/compare/run --render` makes this page"
            + " of it again.",
        head.date());
    line(text, "");
    line(
        text, "- Machine: %s; servers and client share it. Java: %s.", head.machine(), head.java());
    line(
        text,
        "- In turns: each system starts with empty directories, runs alone, and ends. %s; the figures are"
            + " the median of the rounds with the least and the most in brackets.",
        settings.rounds() == 1 ? "One round" : settings.rounds() + " rounds");
    line(
        text,
        "- In each turn %,d keys are written, then the system is warmed with %.0f s of writes and"
            + " %.0f s of reads, then each figure is measured for %.0f s after %.0f s of the same load. Values"
            + " have %d bytes. Every answer is checked; every key that is read exists.",
        settings.keys(),
        settings.writesFirstSeconds(),
        settings.readsFirstSeconds(),
        settings.seconds(),
        settings.warmupSeconds(),
        settings.valueBytes());
    line(
        text,
        "- One client process, a JVM with the same load generator and the same flags for all systems. Every server in"
            + " Java has a heap of %s, huge pages, and the collector it is shipped with or Java's default.",
        settings.serverHeap());
    line(
        text,
        "- A write is answered when it is synced to the disks of a majority (Redis: to its one disk). A read is"
            + " linearizable, but for what is said of Ratis below.");
    for (Contestant system : lineup) {
      long failures = results.failures(system.name());
      if (failures > 0) {
        line(text, "- %s: %,d operations failed; they are not counted.", system.title(), failures);
      }
    }
  }

  /** A row for each shape of each system, a column for each number of outstanding operations. */
  private void table(
      StringBuilder text,
      Work work,
      List<Integer> columns,
      ToDoubleFunction<Measured> figure,
      DoubleFunction<String> format) {
    List<String> heads = new ArrayList<>(List.of("system", "client"));
    columns.forEach(count -> heads.add(count + " outstanding"));
    row(text, heads);
    row(text, heads.stream().map(_ -> "---").toList());
    for (Contestant system : lineup) {
      for (Shape shape : system.shapes()) {
        List<String> cells = new ArrayList<>(List.of(system.title(), shape.title()));
        for (int count : columns) {
          Cell cell = new Cell(shape.name(), work, count);
          cells.add(shown(results.figure(system.name(), cell, figure), format));
        }
        if (cells.stream().skip(2).anyMatch(cell -> !cell.isEmpty())) {
          row(text, cells);
        }
      }
    }
  }

  private void ratios(StringBuilder text) {
    StringBuilder rows = new StringBuilder();
    List<String> heads = new ArrayList<>(List.of("Flotilla", "over"));
    for (Work work : Work.values()) {
      busy.forEach(count -> heads.add(noun(work) + ", " + count));
    }
    int most = busy.isEmpty() ? 0 : busy.getLast();
    heads.add("p99 of writes, " + most);
    for (Contestant ours : lineup) {
      for (Contestant theirs : lineup) {
        if (!ours.name().equals(Lineup.rivalOf(theirs.name()))) {
          continue;
        }
        for (Shape shape : ours.shapes()) {
          theirs.shapes().stream()
              .filter(other -> comparable(shape, theirs, other))
              .forEach(other -> row(rows, ratioRow(ours, shape, theirs, other, most)));
        }
      }
    }
    if (rows.isEmpty() || busy.isEmpty()) {
      return;
    }
    text.append("\n## Ratios\n\n");
    line(
        text,
        "Flotilla's figure as a multiple of the other's, round by round; like clients are compared with like. More is"
            + " better for operations, less for the latency in the last column.");
    line(text, "");
    row(text, heads);
    row(text, heads.stream().map(_ -> "---").toList());
    text.append(rows);
  }

  private List<String> ratioRow(
      Contestant ours, Shape shape, Contestant theirs, Shape other, int most) {
    List<String> cells =
        new ArrayList<>(
            List.of(ours.title() + ", " + shape.title(), theirs.title() + ", " + other.title()));
    for (Work work : Work.values()) {
      for (int count : busy) {
        cells.add(ratio(ours, shape, theirs, other, work, count, Measured::operationsPerSecond));
      }
    }
    cells.add(ratio(ours, shape, theirs, other, Work.SET, most, Measured::p99Micros));
    return cells;
  }

  private String ratio(
      Contestant ours,
      Shape shape,
      Contestant theirs,
      Shape other,
      Work work,
      int count,
      ToDoubleFunction<Measured> figure) {
    return shown(
        results.ratio(
            ours.name(),
            new Cell(shape.name(), work, count),
            theirs.name(),
            new Cell(other.name(), work, count),
            figure),
        Figures::times);
  }

  /** Redis has one shape, with which all of ours are compared but the one that speaks HTTP. */
  private static boolean comparable(Shape ours, Contestant theirs, Shape other) {
    return theirs.name().equals(Lineup.REDIS)
        ? ours.kind() != Kind.HTTP
        : ours.kind() == other.kind();
  }

  private void processorTime(StringBuilder text) {
    text.append("\n## Processor time\n\n");
    line(
        text,
        "Microseconds of processor time an operation, all servers together / the client. Two cores have two million a"
            + " second, so this is what throughput comes from.");
    line(text, "");
    List<String> heads = new ArrayList<>(List.of("system", "client"));
    for (Work work : Work.values()) {
      busy.forEach(count -> heads.add(noun(work) + ", " + count));
    }
    row(text, heads);
    row(text, heads.stream().map(_ -> "---").toList());
    for (Contestant system : lineup) {
      for (Shape shape : system.shapes()) {
        List<String> cells = new ArrayList<>(List.of(system.title(), shape.title()));
        for (Work work : Work.values()) {
          busy.forEach(count -> cells.add(cpu(system, new Cell(shape.name(), work, count))));
        }
        row(text, cells);
      }
    }
  }

  private String cpu(Contestant system, Cell cell) {
    Optional<Spread> servers = results.figure(system.name(), cell, Measured::serverCpuMicros);
    Optional<Spread> client = results.figure(system.name(), cell, Measured::clientCpuMicros);
    return servers.isEmpty() || client.isEmpty()
        ? ""
        : Figures.micros(servers.get().median()) + " / " + Figures.micros(client.get().median());
  }

  private void setups(StringBuilder text) {
    text.append("\n## Who ran how\n\n");
    row(text, List.of("system", "version", "set up"));
    row(text, List.of("---", "---", "---"));
    for (Contestant system : lineup) {
      String version = results.head().versions().getOrDefault(system.name(), "unknown");
      row(text, List.of(system.title(), version, system.what()));
    }
    for (Contestant system : lineup) {
      if (!system.remark().isEmpty()) {
        text.append('\n').append(system.remark()).append('\n');
      }
    }
  }

  String picture(Work work) {
    // The highest two: more bars a row would not be readable.
    List<Integer> shown = busy.subList(Math.max(0, busy.size() - PICTURED), busy.size());
    List<BarChart.Group> groups =
        lineup.stream()
            .map(system ->
                new BarChart.Group(
                    system.title(),
                    Lineup.isOurs(system.name()),
                    system.shapes().stream()
                        .map(shape -> bars(system, shape, work, shown))
                        .toList()))
            .toList();
    return BarChart.draw(
        heading(work),
        "operations a second: median, least to most",
        shown.stream().map(count -> count + " outstanding").toList(),
        groups);
  }

  private BarChart.Row bars(Contestant system, Shape shape, Work work, List<Integer> shown) {
    return new BarChart.Row(
        shape.title(),
        shown.stream()
            .map(count ->
                results.figure(
                    system.name(),
                    new Cell(shape.name(), work, count),
                    Measured::operationsPerSecond))
            .toList());
  }

  private static String shown(Optional<Spread> spread, DoubleFunction<String> format) {
    return spread.map(found -> Figures.spread(found, format)).orElse("");
  }

  private static String heading(Work work) {
    return work == Work.SET ? "Writes" : "Linearizable reads";
  }

  private static String noun(Work work) {
    return work == Work.SET ? "writes" : "reads";
  }

  private static void row(StringBuilder text, List<String> cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  private static void line(StringBuilder text, String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }
}
