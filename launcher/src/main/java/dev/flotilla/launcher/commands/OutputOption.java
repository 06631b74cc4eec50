package dev.flotilla.launcher.commands;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** {@code -o json}, the same for every command. */
public final class OutputOption {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** How answers are printed. */
  public enum Format {
    text,
    json
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "How to print: text or json (one document a line). Default: text.")
  private Format format = Format.text;

  public boolean json() {
    return format == Format.json;
  }

  /** A document on one line. */
  public static String toJson(Map<String, ? extends @Nullable Object> document) {
    return JSON.writeValueAsString(document);
  }
}
