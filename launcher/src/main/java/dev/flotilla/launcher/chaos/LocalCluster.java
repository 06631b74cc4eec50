package dev.flotilla.launcher.chaos;

import dev.flotilla.balancer.LocalNodes;
import dev.flotilla.launcher.cluster.ClusterFile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The cluster that runs from a data directory, as its {@code cluster.json} tells at the moment.
 * Processes are signalled only when they are the nodes that the file says they are: a number may
 * belong to a stranger by now.
 */
public final class LocalCluster implements LocalNodes {
  private static final Duration HTTP_TIMEOUT = Duration.ofSeconds(3);
  private static final long SIGNAL_SECONDS = 5;
  private static final long END_SECONDS = 10;
  private static final String MAIN = "dev.flotilla.launcher.Main";

  private final Path dataDirectory;

  public LocalCluster(Path dataDirectory) {
    this.dataDirectory = dataDirectory;
  }

  @Override
  public String act(Action action, String node) throws RefusedException {
    ClusterFile cluster =
        ClusterFile.read(dataDirectory)
            .orElseThrow(() -> new RefusedException("no cluster runs from " + dataDirectory));
    ClusterFile.NodeEntry entry =
        cluster.nodes().stream()
            .filter(known -> known.name().equals(node))
            .findFirst()
            .orElseThrow(() -> new RefusedException("the cluster has no node of this name"));
    return switch (action) {
      case PARTITION -> network(entry, "partition", " is cut off from the other nodes");
      case HEAL -> network(entry, "heal", " reaches the other nodes again");
      case KILL, PAUSE, RESUME, RESTART -> {
        if (!cluster.processes()) {
          throw new RefusedException(
              "all nodes share one process; start the cluster with --processes to do that");
        }
        yield action == Action.RESTART ? restart(cluster, entry) : signal(action, entry);
      }
    };
  }

  private String signal(Action action, ClusterFile.NodeEntry node) throws RefusedException {
    ProcessHandle process =
        running(node).orElseThrow(() -> new RefusedException(node.name() + " does not run"));
    return switch (action) {
      case KILL -> {
        // On every Unix the JDK does this with SIGKILL, which a stopped process obeys too.
        if (!process.destroyForcibly()) {
          throw new RefusedException(node.name() + " could not be killed");
        }
        yield said(node, process, "was killed");
      }
      case PAUSE -> {
        send("-STOP", process);
        yield said(node, process, "was paused: it is there and does nothing");
      }
      case RESUME -> {
        send("-CONT", process);
        yield said(node, process, "goes on");
      }
      case RESTART, PARTITION, HEAL -> throw new IllegalArgumentException("no signal: " + action);
    };
  }

  private static String said(ClusterFile.NodeEntry node, ProcessHandle process, String what) {
    return node.name() + " (pid " + process.pid() + ") " + what;
  }

  /** Java has no other way to send these two. */
  private static void send(String signal, ProcessHandle process) throws RefusedException {
    try {
      Process kill =
          new ProcessBuilder("kill", signal, Long.toString(process.pid()))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!kill.waitFor(SIGNAL_SECONDS, TimeUnit.SECONDS) || kill.exitValue() != 0) {
        throw new RefusedException("kill " + signal + " " + process.pid() + " did not succeed");
      }
    } catch (IOException e) {
      throw new RefusedException("there is no command kill here: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RefusedException("interrupted");
    }
  }

  private String restart(ClusterFile cluster, ClusterFile.NodeEntry node) throws RefusedException {
    String script = System.getProperty("flotilla.script");
    if (script == null) {
      throw new RefusedException("only the start script knows how to start a node");
    }
    Optional<ProcessHandle> old = running(node);
    if (old.isPresent()) {
      end(node, old.get());
    }
    List<String> command =
        new ArrayList<>(
            List.of(script, "node", "--config", cluster.configuration(), "--name", node.name()));
    command.addAll(cluster.nodeArguments());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("FLOTILLA_PREPARED", "1");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().remove("FLOTILLA_SUPERVISED"); // nobody holds its pipe
    Path output = dataDirectory.resolve("logs").resolve(node.name() + ".restarted.out");
    try {
      Process started =
          builder
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
              .start();
      started.getOutputStream().close();
      return node.name() + " starts again, pid " + started.pid();
    } catch (IOException e) {
      throw new RefusedException(node.name() + " could not be started: " + e.getMessage());
    }
  }

  /** In order: it hands over what it leads, answers what is under way, and flushes. */
  private static void end(ClusterFile.NodeEntry node, ProcessHandle process)
      throws RefusedException {
    send("-CONT", process); // a paused one would not hear the next
    process.destroy();
    try {
      process.onExit().get(END_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      // One that ended but that nobody has waited for is no node any more.
      if (running(node).isPresent()) {
        throw new RefusedException(
            node.name()
                + " (pid "
                + process.pid()
                + ") was asked to end and has not within "
                + END_SECONDS
                + " s; kill it first");
      }
    } catch (ExecutionException e) {
      throw new RefusedException(node.name() + " cannot be waited for: " + e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RefusedException("interrupted");
    }
  }

  /** The node's process, if it is still that. */
  private static Optional<ProcessHandle> running(ClusterFile.NodeEntry node) {
    return node.pid() == 0
        ? Optional.empty()
        : ProcessHandle.of(node.pid())
            .filter(ProcessHandle::isAlive)
            .filter(process -> isNode(process.info(), node.name()));
  }

  static boolean isNode(ProcessHandle.Info info, String name) {
    List<String> words = info.arguments().map(Arrays::asList).orElse(List.of());
    return words.contains(MAIN) && words.contains("node") && words.contains(name);
  }

  private static String network(ClusterFile.NodeEntry node, String what, String done)
      throws RefusedException {
    URI uri = URI.create("http://" + node.http() + "/chaos/" + what);
    try (HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(HTTP_TIMEOUT)
            .build()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(uri)
                  .timeout(HTTP_TIMEOUT)
                  .POST(HttpRequest.BodyPublishers.noBody())
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return switch (answer.statusCode()) {
        case 200 -> node.name() + done;
        case 404 ->
            throw new RefusedException(
                node.name() + " was started without --enable-chaos and lets nobody cut it off");
        default ->
            throw new RefusedException(
                node.name() + " answered HTTP " + answer.statusCode() + ": " + answer.body());
      };
    } catch (IOException e) {
      throw new RefusedException(node.name() + " does not answer at " + node.http());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RefusedException("interrupted");
    }
  }
}
