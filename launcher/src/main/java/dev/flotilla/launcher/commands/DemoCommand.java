package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.terminal.Terminal;
import dev.flotilla.raft.env.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code flotilla demo}: a guided tour in a cluster of its own. */
@Command(
    name = "demo",
    description = {
      "A guided tour of about half a minute: a leader dies, nothing is lost.",
      "Starts ten processes on ports of their own, writes, kills a leader with kill -9, shows how long",
      "nobody could write and that nothing is lost, starts the node again, compares all replicas, stops",
      "everything and deletes its data."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  flotilla demo",
      "  flotilla demo --base-port 28080 --keep",
      "  flotilla demo -o json               only what was found, when it is over"
    })
public final class DemoCommand implements Callable<Integer> {
  @Option(
      names = "--base-port",
      paramLabel = "PORT",
      defaultValue = "28080",
      description = "As in flotilla up. Default: 28080, so that it runs beside a cluster of yours.")
  private int basePort = 28_080;

  @Option(names = "--keep", description = "Keeps the data, and says where it is.")
  private boolean keep;

  @Mixin private OutputOption output = new OutputOption();

  private final Terminal terminal;

  public DemoCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    String script = System.getProperty("flotilla.script");
    if (script == null) {
      throw new Failure(
          ExitCode.FAILED,
          "The tour needs the start script, which knows how to start each process.",
          "Run ./flotilla rather than java, or name it with -Dflotilla.script=FILE.");
    }
    Path directory = Files.createTempDirectory("flotilla-demo-");
    DemoTour.Findings findings;
    try (DemoCluster cluster = DemoCluster.start(Path.of(script), directory, basePort)) {
      findings = new DemoTour(output.json() ? terminal.withoutText() : terminal, cluster).walk();
    } finally {
      if (!keep) {
        FileTree.delete(directory);
      } else if (!output.json()) {
        terminal.line("The data is in " + directory + ".");
      }
    }
    if (output.json()) {
      terminal.line(OutputOption.toJson(document(findings, directory)));
    } else {
      terminal.line("Your turn: " + terminal.bold("flotilla up") + ", or flotilla --help.");
    }
    return ExitCode.DONE;
  }

  private Map<String, @Nullable Object> document(DemoTour.Findings findings, Path directory) {
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("keys", findings.keys());
    document.put("found", findings.found());
    document.put("writeMillis", findings.writeMillis());
    document.put("group", findings.group());
    document.put("killed", findings.killed());
    document.put("nextLeader", findings.nextLeader());
    document.put("nextWriteMillis", findings.nextWriteMillis());
    document.put("caughtUpMillis", findings.caughtUpMillis());
    document.put("replicas", VerifyCommand.rows(findings.verdicts()));
    document.put("dataDirectory", keep ? directory.toString() : null);
    return document;
  }
}
