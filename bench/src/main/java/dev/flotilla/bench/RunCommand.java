package dev.flotilla.bench;

import dev.flotilla.bench.distribution.Distribution;
import dev.flotilla.bench.door.DoorFactory;
import dev.flotilla.bench.load.Arrivals;
import dev.flotilla.bench.load.KeySpace;
import dev.flotilla.bench.load.LoadPlan;
import dev.flotilla.bench.load.LoadRun;
import dev.flotilla.bench.load.Mix;
import dev.flotilla.bench.load.Pace;
import dev.flotilla.bench.load.Records;
import dev.flotilla.bench.load.WorkloadFactory;
import dev.flotilla.bench.load.Workloads;
import dev.flotilla.bench.report.ProgressLine;
import dev.flotilla.bench.report.RunDocument;
import dev.flotilla.bench.report.RunRow;
import dev.flotilla.bench.report.RunSettings;
import dev.flotilla.bench.report.RunTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code flotilla bench run}: throughput and latency of workloads at a door. */
@Command(
    name = "run",
    description = {
      "Measures workloads at one of the doors: one row for each workload and number of clients.",
      "",
      "Workloads, as YCSB names them, with the keys they ask for:",
      "  a    50 %% reads, 50 %% updates            zipfian",
      "  b    95 %% reads, 5 %% updates             zipfian",
      "  c    reads only                          zipfian",
      "  d    95 %% reads, 5 %% inserts             latest",
      "  e    95 %% short scans, 5 %% inserts       (rest only; a list begins where another ended)",
      "  f    50 %% reads, 50 %% read-modify-writes zipfian (rest and stream)",
      "  set  writes only                         uniform",
      "  get  reads only                          uniform",
      "",
      "Without --rate the loop is closed: each client asks again as soon as it has its answer. With",
      "--rate it is open: operations are due at their times whatever the database does, and latency",
      "counts from when an operation was due, so a stall shows in the tail as users would see it.",
      "",
      "Every answer is checked. cpu us is the processor time of this process for each operation.",
      "Exit code 1 when an operation failed or nothing was done.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  flotilla bench run --workload set,get --clients 64",
      "  flotilla bench run --door stream --workload a,b,c --clients 1,16,64,256 -o json",
      "  flotilla bench run --door rest --workload get --rate 5000 --arrivals poisson"
    },
    sortOptions = false)
final class RunCommand implements Callable<Integer> {

  private static final int DONE = 0;
  private static final int FAILED = 1;
  private static final int MAX_ROWS = 100;
  private static final int MAX_CLIENTS = 10_000;
  private static final int MAX_VALUE_BYTES = 4 << 20;
  private static final int LOAD_CLIENTS = 128;
  private static final long LOAD_TIMEOUT_NANOS = TimeUnit.MINUTES.toNanos(30);

  @Option(
      names = {"-w", "--workload"},
      paramLabel = "NAME",
      split = ",",
      defaultValue = "set",
      description = "One or several of a,b,c,d,e,f,set,get, in turn. Default: set.")
  private List<String> workloads;

  @Mixin private DoorOptionGroup door;

  @Option(
      names = "--clients",
      paramLabel = "N",
      split = ",",
      defaultValue = "64",
      description = {
        "How many ask at the same time; several numbers are tried in turn.",
        "Default: 64."
      })
  private List<Integer> clients;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Open loop: so many operations are due in a second.")
  private @Nullable Double rate;

  @Option(
      names = "--arrivals",
      paramLabel = "HOW",
      defaultValue = "fixed",
      description = "Open loop: fixed distances or poisson. Default: fixed.")
  private Arrivals arrivals;

  @Option(
      names = "--backlog",
      paramLabel = "N",
      defaultValue = "10000",
      description = {
        "Open loop: so many operations may wait for a free client. What",
        "falls due beyond is not started, counted and reported.",
        "Default: 10000."
      })
  private int backlog;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Threads that drive the clients. Default: 1.")
  private int threads;

  @Option(
      names = "--value-bytes",
      paramLabel = "N",
      defaultValue = "128",
      description = "Length of the values. Default: 128.")
  private int valueBytes;

  @Option(
      names = "--keys",
      paramLabel = "N",
      defaultValue = "100000",
      description = "How many keys there are at first. Default: 100000.")
  private int keys;

  @Option(
      names = "--prefix",
      paramLabel = "TEXT",
      defaultValue = "bench-",
      description = "What every key begins with. Default: bench-.")
  private String prefix;

  @Option(
      names = "--distribution",
      paramLabel = "LAW",
      description = {
        "How often each key is asked for: uniform, zipfian (scrambled,",
        "0.99) or latest. Default: the workload's own."
      })
  private @Nullable Distribution distribution;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "30",
      description = "How long to measure each row. Default: 30.")
  private double seconds;

  @Option(
      names = "--warmup",
      paramLabel = "S",
      defaultValue = "20",
      description = "How long each row runs before that. Default: 20.")
  private double warmup;

  @Option(
      names = "--load",
      negatable = true,
      description = {
        "Write every key first, once for all rows. Default: if a workload",
        "asks for keys that must be there."
      })
  private @Nullable Boolean load;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of the random choice of operations, keys, values and times. Default: 1.")
  private long seed;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "text: a table. json: one document (docs/bench.md). Default: text.")
  private OutputFormat output;

  @Mixin private HelpOption help;

  @Spec private CommandSpec spec;

  /** Made by picocli, which injects the fields. */
  @SuppressWarnings("NullAway.Init")
  RunCommand() {}

  @Override
  public Integer call() throws Exception {
    List<Mix> mixes = mixes();
    Pace pace = check();
    DoorOptionGroup.Opened opened = door.open(threads);
    try (AutoCloseable _ = opened.network();
        ProgressLine progress =
            new ProgressLine(spec.commandLine().getErr(), System.console() != null)) {
      return measure(mixes, pace, opened, progress);
    }
  }

  private int measure(
      List<Mix> mixes, Pace pace, DoorOptionGroup.Opened opened, ProgressLine progress)
      throws IOException, InterruptedException {
    KeySpace space = new KeySpace(prefix, keys);
    Records records = new Records(keys);
    loadKeys(mixes, opened.doors(), space, progress);
    RunSettings settings = settings(pace, opened.target());
    RunTable table = new RunTable(settings);
    PrintWriter out = spec.commandLine().getOut();
    List<RunRow> rows = new ArrayList<>();
    for (Mix mix : mixes) {
      Distribution drawn = distribution == null ? mix.distribution() : distribution;
      WorkloadFactory workload = Workloads.mixed(mix, drawn, space, records, valueBytes, seed);
      for (int count : clients) {
        progress.begin(mix.label() + " " + count);
        LoadPlan plan = plan(opened.doors(), count, Optional.empty(), workload, pace);
        RunRow row =
            new RunRow(
                mix.label(),
                drawn.name().toLowerCase(Locale.ROOT),
                count,
                new LoadRun(plan, progress, System::nanoTime).run());
        progress.clear();
        if (output == OutputFormat.TEXT) {
          out.print(rows.isEmpty() ? table.head() + table.row(row) : table.row(row));
          out.flush();
        }
        rows.add(row);
      }
    }
    if (output == OutputFormat.JSON) {
      out.println(RunDocument.toJson(settings, rows));
      out.flush();
    }
    return rows.stream().allMatch(RunRow::isClean) ? DONE : FAILED;
  }

  private void loadKeys(List<Mix> mixes, DoorFactory doors, KeySpace space, ProgressLine progress)
      throws IOException, InterruptedException {
    if (load == null ? mixes.stream().noneMatch(Mix::needsKeys) : !load) {
      return;
    }
    WorkloadFactory all = Workloads.loadAll(space, valueBytes, seed);
    progress.begin("all keys");
    new LoadRun(
            plan(doors, LOAD_CLIENTS, Optional.of(all), all, Pace.AS_ANSWERED),
            progress,
            System::nanoTime)
        .load();
    progress.clear();
  }

  private LoadPlan plan(
      DoorFactory doors,
      int count,
      Optional<WorkloadFactory> toLoad,
      WorkloadFactory workload,
      Pace pace) {
    return new LoadPlan(
        doors,
        count,
        Math.min(threads, count),
        toLoad,
        LOAD_TIMEOUT_NANOS,
        workload,
        pace,
        seed,
        nanos(warmup),
        nanos(seconds));
  }

  private RunSettings settings(Pace pace, String target) {
    return new RunSettings(
        door.label(),
        target,
        door.separateConnections(),
        switch (pace) {
          case Pace.AsAnswered _ -> "closed";
          case Pace.AtRate open -> open.arrivals().name().toLowerCase(Locale.ROOT);
        },
        switch (pace) {
          case Pace.AsAnswered _ -> 0;
          case Pace.AtRate open -> open.perSecond();
        },
        threads,
        keys,
        valueBytes,
        seed,
        warmup,
        seconds);
  }

  private List<Mix> mixes() {
    List<Mix> mixes = new ArrayList<>();
    for (String name : workloads) {
      Mix mix =
          Mix.named(name)
              .orElseThrow(
                  () -> refusal("there is no workload " + name + ": a, b, c, d, e, f, set or get"));
      door.kind()
          .objection(mix)
          .ifPresent(why -> {
            throw refusal(why);
          });
      mixes.add(mix);
    }
    return mixes;
  }

  private Pace check() {
    require(mayBe(clients.size() * workloads.size(), MAX_ROWS), "at most " + MAX_ROWS + " rows");
    require(
        clients.stream().allMatch(count -> mayBe(count, MAX_CLIENTS)),
        "--clients: from 1 to " + MAX_CLIENTS);
    require(mayBe(threads, 64), "--threads: from 1 to 64");
    require(mayBe(keys, KeySpace.MAX_KEYS), "--keys: from 1 to " + KeySpace.MAX_KEYS);
    require(
        valueBytes >= 0 && valueBytes <= MAX_VALUE_BYTES,
        "--value-bytes: from 0 to " + MAX_VALUE_BYTES);
    require(seconds > 0 && warmup >= 0, "--seconds is more than 0, --warmup not less");
    require(backlog >= 0 && backlog <= 10_000_000, "--backlog: from 0 to 10000000");
    if (rate == null) {
      return Pace.AS_ANSWERED;
    }
    require(rate > 0 && rate <= 1e7, "--rate is more than 0 and at most 10000000");
    return new Pace.AtRate(rate, arrivals, backlog);
  }

  private static boolean mayBe(int number, int most) {
    return number >= 1 && number <= most;
  }

  private void require(boolean holds, String message) {
    if (!holds) {
      throw refusal(message);
    }
  }

  private ParameterException refusal(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private static long nanos(double seconds) {
    return (long) (seconds * 1e9);
  }
}
