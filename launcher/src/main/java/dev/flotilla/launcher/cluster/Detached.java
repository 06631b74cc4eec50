package dev.flotilla.launcher.cluster;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Starts a process that goes on when its terminal is closed: in a session of its own where the
 * system has {@code setsid}, else deaf to the terminal's end.
 */
public final class Detached {
  private Detached() {}

  /**
   * @param command the start script and its arguments
   * @param output where all it prints goes, from the beginning
   */
  public static Process start(List<String> command, Path output) throws IOException {
    // A file that another start still writes to is left to it.
    Files.deleteIfExists(output);
    ProcessBuilder builder = new ProcessBuilder(detached(command, Detached::isOnPath));
    builder.environment().put("FLOTILLA_PREPARED", "1");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().remove("FLOTILLA_SUPERVISED");
    builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    return builder.start();
  }

  /**
   * @param isThere whether there is a command of a name
   */
  static List<String> detached(List<String> command, Predicate<String> isThere) {
    List<String> detached = new ArrayList<>();
    for (String wrapper : List.of("setsid", "nohup")) {
      if (detached.isEmpty() && isThere.test(wrapper)) {
        detached.add(wrapper);
      }
    }
    detached.addAll(command);
    return detached;
  }

  private static boolean isOnPath(String name) {
    String path = System.getenv("PATH");
    if (path == null) {
      return false;
    }
    for (String folder : path.split(File.pathSeparator)) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, name))) {
        return true;
      }
    }
    return false;
  }
}
