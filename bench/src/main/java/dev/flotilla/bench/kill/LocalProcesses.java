package dev.flotilla.bench.kill;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Processes of this machine. Nodes are started by a command whose words may hold placeholders:
 * {@code {name}}, {@code {id}}, {@code {directory}} of the node and {@code {config}}, the file the
 * cluster was started with. A node that was started stays when this program ends.
 */
public final class LocalProcesses implements NodeProcesses {

  private final List<String> command;
  private final String configuration;
  private final Path logDirectory;

  /**
   * @param logDirectory exists; what a started node prints goes to a file there
   */
  public LocalProcesses(List<String> command, String configuration, Path logDirectory) {
    if (command.isEmpty()) {
      throw new IllegalArgumentException("the command to start a node with is empty");
    }
    this.command = List.copyOf(command);
    this.configuration = configuration;
    this.logDirectory = logDirectory;
  }

  @Override
  public void kill(long pid) throws IOException {
    ProcessHandle process =
        ProcessHandle.of(pid).orElseThrow(() -> new IOException("there is no process " + pid));
    // On every Unix the JDK does this with SIGKILL.
    if (!process.destroyForcibly()) {
      throw new IOException("process " + pid + " could not be killed");
    }
  }

  @Override
  public void start(RunningCluster.Node node) throws IOException {
    Path log = logDirectory.resolve(node.name() + ".restarted.out");
    new ProcessBuilder(words(node))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start()
        .getOutputStream()
        .close();
  }

  List<String> words(RunningCluster.Node node) {
    List<String> words = new ArrayList<>();
    for (String word : command) {
      words.add(
          word.replace("{name}", node.name())
              .replace("{id}", Integer.toString(node.id()))
              .replace("{directory}", node.directory())
              .replace("{config}", configuration));
    }
    return words;
  }
}
