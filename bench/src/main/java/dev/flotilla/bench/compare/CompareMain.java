package dev.flotilla.bench.compare;

import dev.flotilla.bench.compare.lineup.Contestant;
import dev.flotilla.bench.compare.lineup.Lineup;
import dev.flotilla.bench.compare.page.BenchmarkPage;
import dev.flotilla.bench.compare.result.Head;
import dev.flotilla.bench.compare.result.ResultFile;
import dev.flotilla.bench.compare.server.Site;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench/compare/run}, after the building. */
@Command(
    name = "bench/compare/run",
    description = {
      "Measures Flotilla beside etcd, RheaKV, Ratis and Redis on this machine, in turns, and writes"
          + " docs/benchmarks.md.",
      "Each system runs alone, from an empty disk, with every answer synced to disk first. A run of"
          + " everything takes about two hours; nothing else should run meanwhile."
    },
    sortOptions = false)
public final class CompareMain implements Callable<Integer> {

  private static final int DONE = 0;
  private static final int FAILED = 1;
  private static final String RESULTS = "benchmarks/results.jsonl";

  @Option(names = "--root", hidden = true, required = true)
  private Path root;

  @Option(names = "--work", hidden = true, required = true)
  private Path work;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "SYSTEM",
      description = "These systems only: flotilla, flotilla-3, etcd, rheakv, ratis, redis.")
  private List<String> only = List.of();

  @Option(
      names = "--quick",
      description =
          "A trial of some minutes, whose figures mean nothing: one round, hardly warmed.")
  private boolean quick;

  @Option(
      names = "--render",
      description = "Measure nothing; make the page and the pictures of what is stored.")
  private boolean render;

  @Option(names = "--rounds", paramLabel = "N", description = "Turns of each system. Default: 3.")
  private @Nullable Integer rounds;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "How long each figure is measured. Default: 10.")
  private @Nullable Double seconds;

  @Option(
      names = "--warmup",
      paramLabel = "S",
      description = "How long its load runs before that. Default: 3.")
  private @Nullable Double warmup;

  @Option(
      names = "--writes-first",
      paramLabel = "S",
      description = "Writes to warm a system in its turn, all shapes together. Default: 120.")
  private @Nullable Double writesFirst;

  @Option(
      names = "--reads-first",
      paramLabel = "S",
      description = "Reads to warm it after that. Default: 30.")
  private @Nullable Double readsFirst;

  @Option(
      names = "--outstanding",
      split = ",",
      paramLabel = "N",
      defaultValue = "64,256,1",
      description = "Operations under way at a time, in this order. Default: 64,256,1.")
  private List<Integer> outstanding;

  @Option(
      names = "--keys",
      paramLabel = "N",
      defaultValue = "100000",
      description = "How many keys there are. Default: 100000.")
  private int keys;

  @Option(
      names = "--value-bytes",
      paramLabel = "N",
      defaultValue = "128",
      description = "Length of the values. Default: 128.")
  private int valueBytes;

  @Option(
      names = "--heap",
      paramLabel = "SIZE",
      defaultValue = "512m",
      description = "Heap of every server in Java. Default: 512m.")
  private String heap;

  @Option(
      names = "--base-port",
      paramLabel = "PORT",
      defaultValue = "28080",
      description = "Around which all ports lie, on the loopback address. Default: 28080.")
  private int basePort;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = {
        "Where benchmarks.md and benchmarks/ go. Default: docs after a whole run, bench/compare/target/trial after"
            + " another."
      })
  private @Nullable Path out;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help.")
  private boolean help;

  @Spec private CommandSpec spec;

  /** Made by picocli, which injects the fields. */
  @SuppressWarnings("NullAway.Init")
  CompareMain() {}

  /** Ends the process: 0 done, 1 failed, 2 usage. */
  public static void main(String[] arguments) {
    CommandLine command = new CommandLine(new CompareMain());
    command.setExecutionExceptionHandler((e, line, _) -> {
      line.getErr().println("error: " + e.getMessage());
      return FAILED;
    });
    System.exit(command.execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter log = spec.commandLine().getErr();
    Path folder = folder();
    ResultFile results = new ResultFile(folder.resolve(RESULTS));
    int lost = 0;
    if (!render) {
      Site site =
          new Site(root, Path.of(System.getProperty("java.home", "")), heap, "1g", basePort);
      List<Contestant> present = present(site, log);
      if (present.isEmpty()) {
        log.println("error: nothing to measure");
        return FAILED;
      }
      results.begin(head(site, present));
      lost = measure(site, present, results, log);
    }
    new BenchmarkPage(results.read(), Lineup.all()).write(folder);
    log.println("Written: " + folder.resolve("benchmarks.md"));
    if (lost > 0) {
      log.println("error: " + lost + " turns came to nothing; see above");
    }
    return lost == 0 ? DONE : FAILED;
  }

  private int measure(Site site, List<Contestant> present, ResultFile results, PrintWriter log)
      throws IOException, InterruptedException {
    try (Campaign campaign = new Campaign(site, work, settings(), outstanding, log)) {
      Thread end = Thread.ofPlatform().unstarted(campaign::close);
      Runtime.getRuntime().addShutdownHook(end);
      int lost = campaign.run(present, results);
      Runtime.getRuntime().removeShutdownHook(end);
      return lost;
    }
  }

  private List<Contestant> present(Site site, PrintWriter log) {
    List<String> names = Lineup.all().stream().map(Contestant::name).toList();
    for (String name : only) {
      if (!names.contains(name)) {
        throw new ParameterException(
            spec.commandLine(), "--only knows " + String.join(", ", names) + ", not " + name);
      }
    }
    List<Contestant> present = new ArrayList<>();
    for (Contestant contestant : Lineup.all()) {
      if (!only.isEmpty() && !only.contains(contestant.name())) {
        continue;
      }
      Optional<String> missing = contestant.starter().missing(site);
      if (missing.isPresent()) {
        log.println("left out: " + contestant.title() + ": " + missing.get());
      } else {
        present.add(contestant);
      }
    }
    log.flush();
    return present;
  }

  private Path folder() {
    Path given = out;
    if (given != null) {
      return given;
    }
    // Only figures of one run belong together, so what others see comes from a whole one.
    boolean whole = only.isEmpty() && !quick;
    return root.resolve(whole ? "docs" : "bench/compare/target/trial");
  }

  private Head head(Site site, List<Contestant> present) throws IOException, InterruptedException {
    Map<String, String> versions = new LinkedHashMap<>();
    for (Contestant contestant : present) {
      versions.put(contestant.name(), contestant.starter().version(site));
    }
    return new Head(
        LocalDate.now(Clock.systemUTC()).toString(),
        Machine.describe(),
        System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
        versions,
        settings());
  }

  private Head.Settings settings() {
    return new Head.Settings(
        or(rounds, quick ? 1 : 3),
        keys,
        valueBytes,
        or(writesFirst, quick ? 6.0 : 120.0),
        or(readsFirst, quick ? 3.0 : 30.0),
        or(warmup, quick ? 1.0 : 3.0),
        or(seconds, quick ? 2.0 : 10.0),
        heap);
  }

  private static <T> T or(@Nullable T given, T otherwise) {
    return given == null ? otherwise : given;
  }
}
