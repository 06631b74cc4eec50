package dev.flotilla.launcher.e2e;

import dev.flotilla.launcher.FreePorts;
import dev.flotilla.launcher.cluster.ClusterFile;
import dev.flotilla.launcher.cluster.NodeProbe;
import dev.flotilla.launcher.cluster.NodeView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * The built distribution with real processes, in a folder and on ports of its own. Pids come from
 * this cluster's own {@code cluster.json}, and only processes whose command line names its folder
 * are ever hurt.
 */
final class TestCluster implements AutoCloseable {
  /** Ten JVMs on a machine that does other things too. */
  private static final Duration START_PATIENCE = Duration.ofSeconds(240);

  private final Path script;
  private final Path directory;
  private final int basePort;
  private final List<String> arguments;
  private final List<Process> startedByHand = new ArrayList<>();
  private final NodeProbe probe = new NodeProbe(Duration.ofSeconds(2));
  private Process launcher;
  private Path output;

  private TestCluster(Path directory, int basePort, List<String> arguments) {
    this.script = script();
    this.directory = directory;
    this.basePort = basePort;
    this.arguments = arguments;
  }

  /** Starts {@code flotilla up} and waits until it says it is ready. */
  static TestCluster start(Path directory, String... arguments) throws IOException {
    TestCluster cluster = new TestCluster(directory, FreePorts.base(), List.of(arguments));
    cluster.up();
    return cluster;
  }

  private static Path script() {
    Path module = Path.of("").toAbsolutePath();
    Path root = Files.exists(module.resolve("flotilla")) ? module : module.getParent();
    return root.resolve("flotilla");
  }

  /** Starts (again) and waits until ready. */
  void up() throws IOException {
    up(arguments);
  }

  /** The same with everything in one process, which is there sooner. */
  void upInOneProcess() throws IOException {
    up(arguments.stream().filter(argument -> !argument.equals("--processes")).toList());
  }

  private void up(List<String> how) throws IOException {
    // A build started in the background of a shell ignores SIGINT, and so would everything it
    // starts:
    // the signal's default is put back, as a terminal would have it.
    List<String> command =
        new ArrayList<>(List.of("env", "--default-signal=INT", script.toString(), "up"));
    command.addAll(List.of("--data-dir", directory.toString()));
    command.addAll(List.of("--base-port", Integer.toString(basePort)));
    command.addAll(how);
    output = Files.createTempFile("flotilla-up", ".out");
    launcher = process(command, output).start();
    Awaitility.await("ready: " + output)
        .atMost(START_PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> {
          if (!launcher.isAlive()) {
            throw new IllegalStateException("up ended: " + Files.readString(output));
          }
          return Files.readString(output).contains("Ready in ");
        });
  }

  private static ProcessBuilder process(List<String> command, Path output) {
    ProcessBuilder builder = new ProcessBuilder(command);
    // The build that is being tested is there already.
    builder.environment().put("FLOTILLA_PREPARED", "1");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.redirectErrorStream(true);
    builder.redirectOutput(output.toFile());
    return builder;
  }

  String output() throws IOException {
    return Files.readString(output);
  }

  String balancer() {
    return file().balancer().http();
  }

  ClusterFile file() {
    return ClusterFile.read(directory)
        .orElseThrow(() -> new IllegalStateException("no cluster.json"));
  }

  Path directory() {
    return directory;
  }

  /** How every node is, by what it says itself. */
  List<NodeView> views(boolean stateHash) {
    Map<String, String> addresses = new LinkedHashMap<>();
    file().nodes().forEach(node -> addresses.put(node.name(), node.http()));
    return probe.nodes(addresses, stateHash);
  }

  /** The leader of a group with the highest term, if any node says it leads. */
  Optional<String> leaderOf(String group) {
    String leader = null;
    long term = -1;
    for (NodeView view : views(false)) {
      for (NodeView.Replica replica : view.replicas()) {
        if (replica.group().equals(group) && replica.leads() && replica.term() > term) {
          leader = view.node();
          term = replica.term();
        }
      }
    }
    return Optional.ofNullable(leader);
  }

  String awaitLeaderOf(String group) {
    return Awaitility.await("a leader of " + group)
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> leaderOf(group), Optional::isPresent)
        .orElseThrow();
  }

  /** Waits until every replica of every group has applied what its leader has committed. */
  void awaitCaughtUp() {
    Awaitility.await("replicas caught up")
        .atMost(Duration.ofSeconds(120))
        .pollInterval(Duration.ofMillis(50))
        .until(this::isCaughtUp);
  }

  private boolean isCaughtUp() {
    Map<String, Long> commits = new LinkedHashMap<>();
    List<NodeView> views = views(false);
    if (views.stream().anyMatch(view -> view.problem() != null)) {
      return false;
    }
    views.forEach(view ->
        view.replicas()
            .forEach(replica -> commits.merge(replica.group(), replica.commitIndex(), Math::max)));
    return views.stream()
        .flatMap(view -> view.replicas().stream())
        .allMatch(replica ->
            replica.leader() != null
                && replica.appliedIndex() >= commits.getOrDefault(replica.group(), 0L));
  }

  private ClusterFile.NodeEntry node(String name) {
    return file().nodes().stream()
        .filter(entry -> entry.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** {@code kill -9} of one node. Returns when it is gone. */
  void kill(String name) {
    kill(node(name).pid());
  }

  /** {@code kill -9} of the nine nodes and the balancer, as near to at once as it gets. */
  void killAll() {
    ClusterFile file = file();
    List<Long> pids =
        new ArrayList<>(file.nodes().stream().map(ClusterFile.NodeEntry::pid).toList());
    pids.add(file.balancer().pid());
    List<ProcessHandle> killed = pids.stream().map(this::ours).toList();
    killed.forEach(ProcessHandle::destroyForcibly);
    killed.forEach(process -> process.onExit().join());
  }

  /** {@code kill -9} of the supervisor alone. */
  void killSupervisor() {
    launcher.destroyForcibly().onExit().join();
  }

  /** {@code kill -9} of the balancer. Returns when it is gone. */
  void killBalancer() {
    kill(file().balancer().pid());
  }

  private void kill(long pid) {
    ProcessHandle process = ours(pid);
    process.destroyForcibly();
    process.onExit().join();
  }

  /** The process, after making sure that it is one of this cluster's. */
  private ProcessHandle ours(long pid) {
    ProcessHandle process =
        ProcessHandle.of(pid).orElseThrow(() -> new IllegalStateException("no process " + pid));
    String commandLine;
    try {
      commandLine = Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"));
    } catch (IOException e) {
      throw new IllegalStateException("cannot tell whose process " + pid + " is", e);
    }
    if (!commandLine.contains(directory.toString())) {
      throw new IllegalStateException("process " + pid + " is not ours: " + commandLine);
    }
    return process;
  }

  /** {@code flotilla node --name …}, as a person would restart a killed node. */
  void startNode(String name) throws IOException {
    ClusterFile file = file();
    startedByHand.add(
        process(
                List.of(
                    script.toString(), "node", "--config", file.configuration(), "--name", name),
                directory.resolve("logs").resolve(name + ".by-hand.out"))
            .start());
    Awaitility.await(name + " back in cluster.json")
        .atMost(START_PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> node(name).pid() != 0);
  }

  /** {@code flotilla node NAME --join GROUP}, as a person would add a node to this cluster. */
  void join(String name, String group) throws IOException {
    Files.createDirectories(directory.resolve("logs"));
    startedByHand.add(
        process(
                List.of(
                    script.toString(),
                    "node",
                    name,
                    "--join",
                    group,
                    "--data-dir",
                    directory.toString()),
                directory.resolve("logs").resolve(name + ".by-hand.out"))
            .start());
  }

  void awaitListed(String name) {
    Awaitility.await(name + " in cluster.json")
        .atMost(START_PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(() ->
            file().nodes().stream()
                .anyMatch(entry -> entry.name().equals(name) && entry.pid() != 0));
  }

  /** What a command printed, and how it ended. */
  record Ran(int exitCode, String output) {}

  /** Any {@code flotilla} command on this cluster's folder, to its end. */
  Ran command(String... arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--data-dir", directory.toString()));
    return run(all);
  }

  /** Any {@code flotilla} command of the built distribution, to its end. */
  static Ran run(List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(script().toString()));
    command.addAll(arguments);
    Path printed = Files.createTempFile("flotilla-command", ".out");
    try {
      Process process = process(command, printed).start();
      if (!process.waitFor(120, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(
            String.join(" ", command) + " does not end: " + Files.readString(printed));
      }
      return new Ran(process.exitValue(), Files.readString(printed));
    } finally {
      Files.deleteIfExists(printed);
    }
  }

  /** Any {@code flotilla} command that goes on; hears SIGINT as one in a terminal does. */
  static Process begin(Path output, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("env", "--default-signal=INT", script().toString()));
    command.addAll(List.of(arguments));
    return process(command, output).start();
  }

  /** Waits for the launcher to end by itself. */
  int awaitEnd(Duration patience) throws InterruptedException {
    if (!launcher.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("still running");
    }
    return launcher.exitValue();
  }

  /** Ctrl-C. Returns the exit code. */
  int interrupt() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-INT", Long.toString(launcher.pid())).start().waitFor();
    return awaitEnd(Duration.ofSeconds(30));
  }

  @Override
  public void close() throws IOException {
    // Children end with their supervisor, by themselves.
    launcher.destroy();
    for (Process process : startedByHand) {
      process.destroy();
    }
    try {
      if (!launcher.waitFor(10, TimeUnit.SECONDS)) {
        launcher.destroyForcibly();
      }
      for (Process process : startedByHand) {
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    probe.close();
    Files.deleteIfExists(output);
  }
}
