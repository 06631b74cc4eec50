package dev.flotilla.launcher.commands;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Compare-and-set by revision, as HTTP conditions. */
public final class ConditionOptions {
  @Option(
      names = "--if-revision",
      paramLabel = "REV",
      description = "Only if the key has this revision. Exit code 4 when it has not.")
  private @Nullable String revision;

  public Map<String, String> headers() {
    return revision == null
        ? Map.of()
        : Map.of("If-Match", "\"" + revision.replace("\"", "") + "\"");
  }
}
