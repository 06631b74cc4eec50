package dev.flotilla.bench.compare.result;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Results on disk: a line with the head, then a line for each measurement as it comes, so that a
 * run that is broken off leaves what it has measured.
 */
public final class ResultFile {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path path;

  public ResultFile(Path path) {
    this.path = path;
  }

  /** Begins the file anew. */
  public void begin(Head head) throws IOException {
    Path parent = path.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.writeString(path, JSON.writeValueAsString(head) + "\n");
  }

  /** Adds a measurement. */
  public void add(Entry entry) throws IOException {
    Files.writeString(path, JSON.writeValueAsString(entry) + "\n", StandardOpenOption.APPEND);
  }

  /**
   * Reads it all.
   *
   * @throws IOException when there is no such file or it holds something else
   */
  public Results read() throws IOException {
    List<String> lines = Files.readAllLines(path);
    if (lines.isEmpty()) {
      throw new IOException(path + " is empty");
    }
    try {
      List<Entry> entries = new ArrayList<>();
      for (String line : lines.subList(1, lines.size())) {
        entries.add(JSON.readValue(line, Entry.class));
      }
      return new Results(JSON.readValue(lines.getFirst(), Head.class), entries);
    } catch (JacksonException e) {
      throw new IOException(path + " does not hold results: " + e.getOriginalMessage(), e);
    }
  }
}
