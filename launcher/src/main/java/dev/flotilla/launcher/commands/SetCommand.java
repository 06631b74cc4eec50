package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.terminal.Terminal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flotilla set KEY VALUE}. */
@Command(
    name = "set",
    description = "Sets a key. It is on the disks of a majority when this returns.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  flotilla set greeting hello",
      "  flotilla set greeting - < file           the value from standard input",
      "  flotilla set --ttl 30s session alive      gone after 30 seconds",
      "  flotilla set --if-absent lock me          exit code 4 when it exists",
      "  flotilla set --if-revision 7 counter 8    exit code 4 when it changed"
    })
public final class SetCommand implements Callable<Integer> {
  @Mixin private ClientOptions options = new ClientOptions();

  @Mixin private ConditionOptions conditions = new ConditionOptions();

  @Option(
      names = "--if-absent",
      description = "Only if there is no such key. Exit code 4 when there is.")
  private boolean ifAbsent;

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      defaultValue = "",
      description = "How long the key lives, as in 30s or 5m. Default: for ever.")
  private String ttl = "";

  @Parameters(index = "0", paramLabel = "KEY", description = "The key.")
  private String key = "";

  @Parameters(
      index = "1",
      paramLabel = "VALUE",
      description = "The value; - reads it from standard input.")
  private String value = "";

  private final Terminal terminal;

  public SetCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    Map<String, String> headers = new HashMap<>(conditions.headers());
    if (ifAbsent) {
      if (!headers.isEmpty()) {
        throw new Failure(ExitCode.USAGE, "--if-absent and --if-revision exclude each other.", "");
      }
      headers.put("If-None-Match", "*");
    }
    byte[] bytes =
        value.equals("-") ? System.in.readAllBytes() : value.getBytes(StandardCharsets.UTF_8);
    KvClient.Answer answer = options.client().put(key, bytes, ttl, headers);
    boolean created = answer.status() == 201;
    if (options.output().json()) {
      Map<String, @Nullable Object> document = new LinkedHashMap<>();
      document.put("key", key);
      document.put("created", created);
      document.put("revision", answer.revision());
      document.put("group", answer.group());
      terminal.line(OutputOption.toJson(document));
    } else {
      terminal.line(
          (created ? "created" : "replaced")
              + (answer.revision().isEmpty() ? "" : ", revision " + answer.revision()));
    }
    return ExitCode.DONE;
  }
}
