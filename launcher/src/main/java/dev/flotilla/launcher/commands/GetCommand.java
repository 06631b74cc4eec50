package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.terminal.Terminal;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flotilla get KEY}. */
@Command(
    name = "get",
    description = "Prints the value of a key. Exit code 3 when there is none.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  flotilla get greeting",
      "  flotilla get -o json greeting      with the revision, for --if-revision",
      "  flotilla get --raw photo > photo.jpg"
    })
public final class GetCommand implements Callable<Integer> {

  /** The read consistencies by the names the REST door knows. */
  enum Consistency {
    linearizable,
    lease,
    stale
  }

  @Mixin private ClientOptions options = new ClientOptions();

  @Option(
      names = "--consistency",
      paramLabel = "LEVEL",
      defaultValue = "linearizable",
      description = "linearizable (default), lease, or stale: whatever a replica has.")
  private Consistency consistency = Consistency.linearizable;

  @Option(names = "--raw", description = "Prints the value's bytes and no line end.")
  private boolean raw;

  @Parameters(paramLabel = "KEY", description = "The key.")
  private String key = "";

  private final Terminal terminal;

  public GetCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    KvClient.Answer answer = options.client().get(key, consistency.name());
    if (options.output().json()) {
      Map<String, @Nullable Object> document = new LinkedHashMap<>();
      document.put("key", key);
      putValue(document, answer.body());
      document.put("revision", answer.revision());
      document.put("group", answer.group());
      terminal.line(OutputOption.toJson(document));
      return ExitCode.DONE;
    }
    PrintStream out = terminal.out();
    out.write(answer.body(), 0, answer.body().length);
    if (!raw) {
      out.println();
    }
    out.flush();
    return ExitCode.DONE;
  }

  /** As text where it is text, else in base 64 under a name that says so. */
  private static void putValue(Map<String, @Nullable Object> document, byte[] value) {
    try {
      document.put(
          "value", StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString());
    } catch (CharacterCodingException e) {
      document.put("valueBase64", Base64.getEncoder().encodeToString(value));
    }
  }
}
