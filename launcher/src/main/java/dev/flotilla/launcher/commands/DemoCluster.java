package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.cluster.ClusterFile;
import dev.flotilla.launcher.cluster.NodeProbe;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The tour's own cluster: {@code flotilla up --processes} as a child, ended with it. */
final class DemoCluster implements AutoCloseable {
  private static final long STOP_SECONDS = 10;
  private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(3);

  private final Process launcher;
  private final Path directory;

  private DemoCluster(Process launcher, Path directory) {
    this.launcher = launcher;
    this.directory = directory;
  }

  /**
   * Starts it and waits until it serves, or says why not.
   *
   * @throws Failure with what the launcher said
   */
  static DemoCluster start(Path script, Path directory, int basePort) throws IOException {
    Path errors = directory.resolve("up.err");
    Path data = directory.resolve("data");
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                script.toString(),
                "up",
                "--processes",
                "--enable-chaos",
                "--output",
                "json",
                "--data-dir",
                data.toString(),
                "--base-port",
                Integer.toString(basePort)));
    builder.environment().put("FLOTILLA_PREPARED", "1");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.redirectError(errors.toFile());
    Process launcher = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(launcher::destroy, "demo-end"));
    // Its one line on standard output is the document that says it is ready; it ends without one
    // when it cannot be.
    BufferedReader out = launcher.inputReader(StandardCharsets.UTF_8);
    String ready = out.readLine();
    if (ready == null) {
      launcher.destroy();
      throw new Failure(
          ExitCode.FAILED,
          "The tour's cluster did not start: " + Files.readString(errors).strip(),
          "Other ports may help: flotilla demo --base-port 38080");
    }
    return new DemoCluster(launcher, data);
  }

  Path directory() {
    return directory;
  }

  ClusterFile file() {
    return ClusterFile.read(directory)
        .orElseThrow(() ->
            new Failure(ExitCode.FAILED, "The tour's cluster has ended.", "Its logs may say why."));
  }

  /** Where all replicas stand at the moment. */
  ReplicaRows look(boolean stateHash) {
    try (NodeProbe probe = new NodeProbe(PROBE_TIMEOUT)) {
      return ReplicaRows.ask(KnownNode.all(null, directory), probe, stateHash);
    }
  }

  /** Stops it in order, or without when that takes too long. */
  @Override
  public void close() {
    launcher.destroy();
    try {
      if (!launcher.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        launcher.destroyForcibly();
      }
    } catch (InterruptedException e) {
      launcher.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
