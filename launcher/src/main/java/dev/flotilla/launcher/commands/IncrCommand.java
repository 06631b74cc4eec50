package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.terminal.Terminal;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flotilla incr KEY [BY]}. */
@Command(
    name = "incr",
    description = {
      "Adds to a counter and prints the sum. A key that is absent counts from 0.",
      "",
      "A counter is a whole number of 64 bits in decimal; exit code 1 when the value is something else",
      "or the sum would not fit. It is read and set on the condition that nobody changed it, again",
      "if somebody did: exit code 4 when that happens 64 times in a row. A counter that expires",
      "keeps its time."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  flotilla incr visits",
      "  flotilla incr stock -3",
      "  flotilla incr --ttl 1m calls/alice      a new counter lives for a minute",
      "  flotilla incr -o json visits            with the revision"
    })
public final class IncrCommand implements Callable<Integer> {
  @Mixin private ClientOptions options = new ClientOptions();

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      defaultValue = "",
      description = {
        "How long the counter lives if this creates it, as in 30s or 5m. Default: for ever."
      })
  private String ttl = "";

  @Parameters(index = "0", paramLabel = "KEY", description = "The key.")
  private String key = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "BY",
      defaultValue = "1",
      description = "What to add; may be negative. Default: 1.")
  private long by = 1;

  private final Terminal terminal;
  private final CounterLoop.Pause pause;

  public IncrCommand(Terminal terminal) {
    this(
        terminal,
        conflicts -> Thread.sleep(CounterLoop.pauseMillis(conflicts, ThreadLocalRandom.current())));
  }

  IncrCommand(Terminal terminal, CounterLoop.Pause pause) {
    this.terminal = terminal;
    this.pause = pause;
  }

  @Override
  public Integer call() throws InterruptedException {
    CounterLoop.Sum sum = new CounterLoop(key, new Cell(options.client()), pause).add(by);
    if (options.output().json()) {
      Map<String, @Nullable Object> document = new LinkedHashMap<>();
      document.put("key", key);
      document.put("value", sum.value());
      document.put("created", sum.written().status() == 201);
      document.put("revision", sum.written().revision());
      document.put("group", sum.written().group());
      document.put("tries", sum.tries());
      terminal.line(OutputOption.toJson(document));
    } else {
      terminal.line(Long.toString(sum.value()));
    }
    return ExitCode.DONE;
  }

  /** The key at the balancer. */
  private final class Cell implements CounterLoop.Cell {
    private final KvClient client;

    Cell(KvClient client) {
      this.client = client;
    }

    @Override
    public Optional<KvClient.Answer> read() {
      return client.find(key);
    }

    @Override
    public Optional<KvClient.Answer> write(long value, Optional<KvClient.Answer> seen) {
      byte[] bytes = Long.toString(value).getBytes(StandardCharsets.US_ASCII);
      return seen.isEmpty()
          ? client.putIf(key, bytes, ttl, Map.of("If-None-Match", "*"))
          : client.putIf(
              key,
              bytes,
              timeLeft(seen.get().expiresIn()),
              Map.of("If-Match", "\"" + seen.get().revision() + "\""));
    }
  }

  /** What is left of a key's time, so that a write keeps it; no key lives for 0 ms. */
  static String timeLeft(String expiresIn) {
    return expiresIn.equals("0ms") ? "1ms" : expiresIn;
  }
}
