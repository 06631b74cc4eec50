package dev.flotilla.bench.compare.client;

import dev.flotilla.bench.compare.result.Cell;
import dev.flotilla.bench.compare.result.Measured;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/**
 * The client process: measures one system in its turn and prints one JSON document a line for each
 * cell. Started by the comparison, not by people.
 */
@Command(name = "client")
public final class ClientMain implements Callable<Integer> {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final long FIRST_ANSWER_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final int BUSY_OUTSTANDING = 64;

  @Option(names = "--doors", required = true)
  private Class<? extends Doors> doors;

  @Option(names = "--cluster", defaultValue = "")
  private String cluster;

  @Option(names = "--server", required = true)
  private List<String> servers;

  @Option(names = "--pid", required = true)
  private List<Long> pids;

  @Option(names = "--cell", required = true)
  private List<String> cells;

  @Option(names = "--keys", required = true)
  private int keys;

  @Option(names = "--value-bytes", required = true)
  private int valueBytes;

  @Option(names = "--writes-first", required = true)
  private double writesFirstSeconds;

  @Option(names = "--reads-first", required = true)
  private double readsFirstSeconds;

  @Option(names = "--warmup", required = true)
  private double warmupSeconds;

  @Option(names = "--seconds", required = true)
  private double seconds;

  @Spec private CommandSpec spec;

  /** Made by picocli, which injects the fields. */
  @SuppressWarnings("NullAway.Init")
  ClientMain() {}

  /** Ends the process with 0 when every cell was measured. */
  public static void main(String[] arguments) {
    // Libraries of some systems leave threads behind that would keep the process.
    System.exit(new CommandLine(new ClientMain()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Doors made = instance();
    Target target = new Target(cluster, servers);
    List<Cell> wanted = cells.stream().map(Cell::parse).toList();
    new FirstAnswer(System::nanoTime)
        .await(() -> made.shaped(wanted.getFirst().shape(), target), FIRST_ANSWER_NANOS);
    Path proc = Path.of("/proc");
    Turn.Plan plan =
        new Turn.Plan(
            keys,
            valueBytes,
            nanos(writesFirstSeconds),
            nanos(readsFirstSeconds),
            nanos(warmupSeconds),
            nanos(seconds),
            BUSY_OUTSTANDING);
    new Turn(
            shape -> made.shaped(shape, target),
            plan,
            new CpuClock(proc, pids),
            new CpuClock(proc, List.of(ProcessHandle.current().pid())),
            System::nanoTime)
        .run(wanted, this::print);
    return 0;
  }

  private void print(Measured measured) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(JSON.writeValueAsString(measured));
    out.flush();
  }

  private Doors instance() throws IOException {
    try {
      return doors.getConstructor().newInstance();
    } catch (InvocationTargetException e) {
      throw new IOException(doors + " cannot be made", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IOException(doors + " cannot be made", e);
    }
  }

  private static long nanos(double seconds) {
    return (long) (seconds * 1e9);
  }
}
