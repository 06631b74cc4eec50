package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.terminal.Terminal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code flotilla delete KEY}. */
@Command(
    name = "delete",
    description = "Deletes a key. Exit code 3 when there is none.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  flotilla delete greeting",
      "  flotilla delete --if-revision 7 greeting    exit code 4 when it changed"
    })
public final class DeleteCommand implements Callable<Integer> {
  @Mixin private ClientOptions options = new ClientOptions();

  @Mixin private ConditionOptions conditions = new ConditionOptions();

  @Parameters(paramLabel = "KEY", description = "The key.")
  private String key = "";

  private final Terminal terminal;

  public DeleteCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    KvClient.Answer answer = options.client().delete(key, conditions.headers());
    if (options.output().json()) {
      Map<String, @Nullable Object> document = new LinkedHashMap<>();
      document.put("key", key);
      document.put("deleted", true);
      document.put("group", answer.group());
      terminal.line(OutputOption.toJson(document));
    } else {
      terminal.line("deleted");
    }
    return ExitCode.DONE;
  }
}
