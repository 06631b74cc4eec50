package dev.flotilla.launcher.commands;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --data-dir}, the same for every command. */
public final class DataDirectoryOption {
  private static final Path DEFAULT = Path.of("flotilla-data");

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      defaultValue = "${env:FLOTILLA_DATA_DIR:-flotilla-data}",
      description =
          "The cluster's folder. Default: ./flotilla-data, or what FLOTILLA_DATA_DIR says.")
  private Path directory = DEFAULT;

  public Path path() {
    return directory;
  }

  /**
   * What another command needs to be told to use the same folder; begins with a space, if not
   * empty.
   */
  String argument() {
    return directory.equals(DEFAULT)
            || directory.toString().equals(System.getenv("FLOTILLA_DATA_DIR"))
        ? ""
        : " --data-dir " + directory;
  }
}
