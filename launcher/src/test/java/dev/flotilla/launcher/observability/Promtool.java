package dev.flotilla.launcher.observability;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Prometheus' own judge of rules; Debian's package {@code prometheus} has it. */
record Promtool(Path program) {
  private static final long PATIENCE_SECONDS = 120;

  /** What it printed, and how it ended. */
  record Ran(int exitCode, String output) {}

  /** The one on the PATH. */
  static Optional<Promtool> find() {
    String path = System.getenv("PATH");
    if (path == null) {
      return Optional.empty();
    }
    return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
        .splitAsStream(path)
        .map(folder -> Path.of(folder, "promtool"))
        .filter(Files::isExecutable)
        .findFirst()
        .map(Promtool::new);
  }

  /** Runs it in the repository's root, to its end. */
  Ran run(List<String> arguments) throws IOException, InterruptedException {
    return run(arguments, null);
  }

  /**
   * The same.
   *
   * @param input what it reads; null for nothing
   */
  Ran run(List<String> arguments, @Nullable Path input) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(arguments);
    Path printed = Files.createTempFile("promtool", ".out");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(RuleFiles.ROOT.toFile())
              .redirectErrorStream(true)
              .redirectOutput(printed.toFile())
              .redirectInput(input == null ? new File("/dev/null") : input.toFile());
      Process process = builder.start();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(
            String.join(" ", command) + " does not end: " + Files.readString(printed));
      }
      return new Ran(process.exitValue(), Files.readString(printed));
    } finally {
      Files.deleteIfExists(printed);
    }
  }
}
