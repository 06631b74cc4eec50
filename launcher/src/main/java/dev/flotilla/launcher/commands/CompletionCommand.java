package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.terminal.Terminal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code flotilla completion bash|zsh}. */
@Command(
    name = "completion",
    description = {"Prints a script with which the shell completes flotilla's commands with Tab."},
    footerHeading = "%nExamples:%n",
    footer = {
      "  source <(flotilla completion bash)       in this shell",
      "  flotilla completion bash > ~/.local/share/bash-completion/completions/flotilla",
      "                                           in every bash that has bash-completion",
      "  echo 'source <(flotilla completion zsh)' >> ~/.zshrc      in every zsh"
    })
public final class CompletionCommand implements Callable<Integer> {

  /** The shells that can be taught. */
  enum Shell {
    bash,
    zsh
  }

  private static final String ZSH_HEAD =
      """
      # zsh completes with scripts for bash once it is told to.
      if ! type compdef > /dev/null 2>&1; then
        autoload -U +X compinit && compinit
      fi
      autoload -U +X bashcompinit && bashcompinit

      """;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private OutputOption output = new OutputOption();

  @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
  private Shell shell = Shell.bash;

  private final Terminal terminal;

  public CompletionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    CommandSpec root = spec.root();
    String script = AutoComplete.bash(root.name(), root.commandLine());
    String text = shell == Shell.zsh ? ZSH_HEAD + script : script;
    if (output.json()) {
      Map<String, @Nullable Object> document = new LinkedHashMap<>();
      document.put("shell", shell.name());
      document.put("script", text);
      terminal.line(OutputOption.toJson(document));
    } else {
      terminal.line(text.stripTrailing());
    }
    return ExitCode.DONE;
  }
}
