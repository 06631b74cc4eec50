package dev.flotilla.launcher.commands;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --data-dir}, the same for every command. */
public final class DataDirectoryOption {
  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      defaultValue = "${env:FLOTILLA_DATA_DIR:-flotilla-data}",
      description =
          "The cluster's folder. Default: ./flotilla-data, or what FLOTILLA_DATA_DIR says.")
  private Path directory = Path.of("flotilla-data");

  public Path path() {
    return directory;
  }
}
