package dev.flotilla.launcher.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CompletionCommandTest {
  @TempDir Path temp;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private int run(String... arguments) {
    Terminal terminal =
        new Terminal(
            new PrintStream(out), new PrintStream(OutputStream.nullOutputStream()), false, false);
    CommandLine root = CommandTree.of(terminal);
    if (!root.getSubcommands().containsKey("completion")) {
      root.addSubcommand(new CompletionCommand(terminal));
    }
    return root.execute(arguments);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void bashIsTaughtEveryCommand() {
    assertThat(run("completion", "bash")).isEqualTo(ExitCode.DONE);
    assertThat(out())
        .startsWith("#!")
        .contains("_complete_flotilla", "--consistency", "members")
        .contains("complete -F _complete_flotilla -o default flotilla");
  }

  @Test
  void zshIsToldToTakeScriptsForBashFirst() {
    assertThat(run("completion", "zsh")).isEqualTo(ExitCode.DONE);
    assertThat(out()).startsWith("# zsh").contains("bashcompinit\n", "_complete_flotilla");
  }

  @Test
  void jsonHoldsTheScript() {
    assertThat(run("completion", "bash", "-o", "json")).isEqualTo(ExitCode.DONE);
    assertThat(out()).startsWith("{\"shell\":\"bash\",\"script\":\"#!");
  }

  @Test
  void anotherShellIsMisuse() {
    assertThat(run("completion", "fish")).isEqualTo(ExitCode.USAGE);
    assertThat(run("completion")).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void bashUnderstandsTheScript() throws IOException, InterruptedException {
    run("completion", "bash");
    Path script = Files.writeString(temp.resolve("flotilla"), out());
    Process bash =
        new ProcessBuilder("bash", "-n", script.toString()).redirectErrorStream(true).start();
    String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(said).isEmpty();
    assertThat(bash.exitValue()).isZero();
  }
}
