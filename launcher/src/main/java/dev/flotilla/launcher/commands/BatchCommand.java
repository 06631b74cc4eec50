package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.terminal.Terminal;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flotilla batch [FILE]}. */
@Command(
    name = "batch",
    description = {
      "Carries out many operations, a line each, and prints what became of each.",
      "",
      "  SET key value       the value is all that follows the blank after the key",
      "  GET key",
      "  DELETE key",
      "",
      "With --json a line is an object of op (put, get, delete), key, value, ttl, if_revision,",
      "if_absent, if_present, for keys and values of any kind; key_base64 and value_base64 for bytes.",
      "Blank lines and those that begin with # are passed over.",
      "",
      "Lines go in batches of up to 1000. Those on one key take effect in their order, all others of a",
      "batch at the same time. A batch is no transaction: each line succeeds or fails by itself. That a",
      "key is absent is an answer, not a failure. Exit code 1 when a line failed. When no answer comes",
      "the rest is not sent, and nothing is sent twice."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  flotilla batch changes.txt",
      "  printf 'SET a 1\\nGET a\\n' | flotilla batch",
      "  flotilla batch --json -o json operations.jsonl > results.jsonl",
      "  echo '{\"op\":\"put\",\"key\":\"s\",\"value\":\"1\",\"ttl\":\"30s\"}' | flotilla batch --json"
    })
public final class BatchCommand implements Callable<Integer> {
  @Mixin private ClientOptions options = new ClientOptions();

  @Option(names = "--json", description = "The lines are JSON objects.")
  private boolean json;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "Where the lines are. Default, and for -: standard input.")
  private @Nullable Path file;

  private final Terminal terminal;
  private final Supplier<InputStream> standardInput;

  public BatchCommand(Terminal terminal) {
    this(terminal, () -> System.in);
  }

  BatchCommand(Terminal terminal, Supplier<InputStream> standardInput) {
    this.terminal = terminal;
    this.standardInput = standardInput;
  }

  @Override
  public Integer call() throws IOException {
    KvClient client = options.client();
    BatchReport report = new BatchReport(terminal, options.output().json());
    BatchRun run = new BatchRun(client::batch, report);
    try (BatchLines lines = new BatchLines(open(), BatchLineParser.MOST_JSON_BYTES)) {
      send(lines, run);
    }
    report.requireAllDone();
    return ExitCode.DONE;
  }

  private InputStream open() throws IOException {
    Path from = file;
    if (from == null || from.equals(Path.of("-"))) {
      return new FilterInputStream(standardInput.get()) {
        @Override
        public void close() {
          // It is not ours.
        }
      };
    }
    try {
      return Files.newInputStream(from);
    } catch (NoSuchFileException e) {
      throw new Failure(ExitCode.FAILED, "There is no file " + from + ".", "", e);
    }
  }

  private void send(BatchLines lines, BatchRun run) {
    BatchLineParser parser = new BatchLineParser(json);
    IOException broken = null;
    try {
      Optional<BatchLines.Line> next = lines.next();
      while (next.isPresent()) {
        BatchLines.Line line = next.get();
        if (line.tooLong()) {
          run.add(BatchLineParser.tooLong(line.number()));
        } else {
          parser.parse(line.number(), line.bytes()).ifPresent(run::add);
        }
        next = lines.next();
      }
    } catch (IOException e) {
      broken = e;
    }
    run.flush();
    if (broken != null) {
      throw new Failure(
          ExitCode.FAILED,
          "Reading broke off after line "
              + lines.number()
              + ": "
              + broken.getMessage()
              + ". All lines before were sent.",
          "",
          broken);
    }
  }
}
