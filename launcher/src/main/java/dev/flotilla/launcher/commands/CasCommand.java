package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.terminal.Terminal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flotilla cas KEY EXPECTED NEW}: compare and set. */
@Command(
    name = "cas",
    customSynopsis = {
      "flotilla cas [OPTIONS] KEY EXPECTED NEW",
      "flotilla cas [OPTIONS] --absent KEY NEW"
    },
    description = {
      "Sets a key only if its value is the expected one, with nothing in between.",
      "",
      "Exit code 4 when the value is another one, or changed while this looked; 3 when there is no",
      "such key. As with set, the new value lives until deleted unless --ttl says otherwise."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  flotilla cas state ready running         exit code 4 unless it was ready",
      "  flotilla cas --absent lock me            exit code 4 when there is a lock",
      "  flotilla cas --ttl 30s lock me me        me keeps its lock for another 30 seconds",
      "  flotilla cas config old - < file         the new value from standard input",
      "  flotilla cas -- offset -x -y             values that begin with a dash"
    })
public final class CasCommand implements Callable<Integer> {
  @Mixin private ClientOptions options = new ClientOptions();

  @Option(
      names = "--absent",
      description = "Only if there is no such key, instead of an EXPECTED value.")
  private boolean absent;

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      defaultValue = "",
      description = "How long the new value lives, as in 30s or 5m. Default: for ever.")
  private String ttl = "";

  @Parameters(index = "0", paramLabel = "KEY", description = "The key.")
  private String key = "";

  @Parameters(
      index = "1",
      paramLabel = "EXPECTED",
      description = "What its value must be. Left out with --absent.")
  private String second = "";

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "NEW",
      description = "The new value; - reads it from standard input.")
  private @Nullable String third;

  private final Terminal terminal;

  public CasCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    String last = third;
    if (absent == (last != null)) {
      throw new Failure(
          ExitCode.USAGE,
          absent
              ? "With --absent there is no EXPECTED value."
              : "Which new value? Expected KEY EXPECTED NEW.",
          "As in: flotilla cas KEY EXPECTED NEW, or: flotilla cas --absent KEY NEW");
    }
    byte[] value = bytes(last == null ? second : last);
    KvClient client = options.client();
    print(absent ? create(client, value) : replace(client, second, value));
    return ExitCode.DONE;
  }

  private static byte[] bytes(String value) throws IOException {
    return value.equals("-") ? System.in.readAllBytes() : value.getBytes(StandardCharsets.UTF_8);
  }

  private KvClient.Answer create(KvClient client, byte[] value) {
    return client
        .putIf(key, value, ttl, Map.of("If-None-Match", "*"))
        .orElseThrow(() -> differs("There is a key " + key + " already; it was left as it is."));
  }

  private KvClient.Answer replace(KvClient client, String expected, byte[] value) {
    Optional<KvClient.Answer> found = client.find(key);
    if (found.isEmpty()) {
      throw new Failure(
          ExitCode.NOT_FOUND,
          "There is no key " + key + ".",
          "To create it: flotilla cas --absent KEY NEW");
    }
    KvClient.Answer seen = found.get();
    if (!Arrays.equals(seen.body(), expected.getBytes(StandardCharsets.UTF_8))) {
      throw differs(
          "The value of "
              + key
              + " is another one (revision "
              + seen.revision()
              + "); it was left as it is.");
    }
    return client
        .putIf(key, value, ttl, Map.of("If-Match", "\"" + seen.revision() + "\""))
        .orElseThrow(() ->
            differs(
                key
                    + " had the expected value at revision "
                    + seen.revision()
                    + " and was changed since; it was left as it is."));
  }

  private Failure differs(String message) {
    return new Failure(ExitCode.COMPARE_FAILED, message, "Its present value: flotilla get " + key);
  }

  private void print(KvClient.Answer written) {
    boolean created = written.status() == 201;
    if (options.output().json()) {
      Map<String, @Nullable Object> document = new LinkedHashMap<>();
      document.put("key", key);
      document.put("created", created);
      document.put("revision", written.revision());
      document.put("group", written.group());
      terminal.line(OutputOption.toJson(document));
    } else {
      terminal.line((created ? "created" : "replaced") + ", revision " + written.revision());
    }
  }
}
