package dev.flotilla.bench;

import dev.flotilla.bench.http.FormDialect;
import dev.flotilla.bench.http.HttpDoor;
import dev.flotilla.bench.http.HttpDoorOptions;
import dev.flotilla.bench.load.KeySpace;
import dev.flotilla.bench.load.LoadPlan;
import dev.flotilla.bench.load.LoadResult;
import dev.flotilla.bench.load.LoadRun;
import dev.flotilla.bench.load.WorkloadFactory;
import dev.flotilla.bench.load.Workloads;
import dev.flotilla.bench.report.LoadReport;
import dev.flotilla.bench.report.LoadSettings;
import dev.flotilla.bench.report.ProgressLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
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

/** {@code flotilla bench form}: speed of the form door, in a closed loop over uniform keys. */
@Command(
    name = "form",
    description = {
      "Measures form posts (POST /request) to the balancer, in a closed loop over uniform keys.",
      "Every answer is checked; before reads, every key is written."
    },
    sortOptions = false)
final class FormCommand implements Callable<Integer> {

  private static final int DONE = 0;
  private static final int FAILED = 1;

  enum Op {
    SET,
    GET
  }

  @Mixin private TargetOption target;

  @Option(
      names = "--op",
      defaultValue = "set",
      description = "What to measure: set or get. Default: set.")
  private Op op;

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "64",
      description = "Clients, each with a keep-alive connection. Default: 64.")
  private int connections;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Threads that drive the connections. Default: 1.")
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
      description = "How many keys there are. Default: 100000.")
  private int keys;

  @Option(
      names = "--prefix",
      paramLabel = "TEXT",
      defaultValue = "bench-",
      description = "What every key begins with. Default: bench-.")
  private String prefix;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "30",
      description = "How long to measure. Default: 30.")
  private double seconds;

  @Option(
      names = "--warmup",
      paramLabel = "S",
      defaultValue = "20",
      description = "How long to run before that. Default: 20.")
  private double warmup;

  @Option(
      names = "--load",
      negatable = true,
      description = "Write every key first. Default: for get.")
  private @Nullable Boolean load;

  @Option(
      names = "--timeout",
      paramLabel = "S",
      defaultValue = "10",
      description = "How long to wait for an answer. Default: 10.")
  private double timeout;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of the random choice of keys and values. Default: 1.")
  private long seed;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "text or json. Default: text.")
  private OutputFormat output;

  @Mixin private HelpOption help;

  @Spec private CommandSpec spec;

  /** Made by picocli, which injects the fields. */
  @SuppressWarnings("NullAway.Init")
  FormCommand() {}

  /** Exit code 1 when operations failed, or none was done. */
  @Override
  public Integer call() throws IOException, InterruptedException {
    LoadPlan plan = plan();
    LoadSettings settings =
        new LoadSettings(
            "form",
            target.authority(),
            "uniform " + op.name().toLowerCase(Locale.ROOT),
            connections,
            threads,
            keys,
            valueBytes,
            warmup,
            seconds);
    LoadResult result;
    try (ProgressLine progress =
        new ProgressLine(spec.commandLine().getErr(), System.console() != null)) {
      result = new LoadRun(plan, progress, System::nanoTime).run();
    }
    LoadReport report = new LoadReport(settings, result);
    PrintWriter out = spec.commandLine().getOut();
    out.println(output == OutputFormat.JSON ? report.toJson() : report.toText().stripTrailing());
    out.flush();
    return result.operations() > 0 && result.failureCount() == 0 ? DONE : FAILED;
  }

  private LoadPlan plan() {
    InetSocketAddress server = target.address();
    FormDialect dialect = new FormDialect(target.authority());
    HttpDoorOptions options = HttpDoorOptions.DEFAULT.withTimeoutNanos(nanos(timeout));
    try {
      KeySpace space = new KeySpace(prefix, keys);
      WorkloadFactory workload =
          switch (op) {
            case SET -> Workloads.uniformSets(space, valueBytes, seed);
            case GET -> Workloads.uniformGets(space, valueBytes, seed);
          };
      boolean loads = load == null ? op == Op.GET : load;
      return new LoadPlan(
          lanes -> new HttpDoor(server, lanes, dialect, options, System::nanoTime),
          connections,
          threads,
          loads ? Optional.of(Workloads.loadAll(space, valueBytes, seed)) : Optional.empty(),
          TimeUnit.MINUTES.toNanos(30),
          workload,
          nanos(warmup),
          nanos(seconds));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }

  private static long nanos(double seconds) {
    return (long) (seconds * 1e9);
  }
}
