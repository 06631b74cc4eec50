package dev.flotilla.launcher.logs;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The folder {@code logs} of a data directory. */
public final class LogDirectory {
  private static final String LOG = ".log";
  private static final String AUDIT = ".audit.jsonl";
  private static final String OUT = ".out";

  /** More old files than are kept of any log. */
  private static final int MOST_OLD = 9;

  private final Path path;

  public LogDirectory(Path dataDirectory) {
    this.path = dataDirectory.resolve("logs");
  }

  /**
   * One log: the file that is being written and those it was before.
   *
   * @param name whose it is, as in n1
   */
  public record Source(String name, Path file, String ending) {
    /** The file and its predecessors, as far as there are any, newest first. */
    List<Path> newestFirst() {
      List<Path> files = new ArrayList<>(List.of(file));
      for (int old = 1; old <= MOST_OLD; old++) {
        Path before = file.resolveSibling(name + "." + old + ending);
        if (!Files.exists(before)) {
          break;
        }
        files.add(before);
      }
      return files;
    }
  }

  public Path path() {
    return path;
  }

  /** The logs of all programs, by name. */
  public List<Source> logs() throws IOException {
    return withEnding(LOG);
  }

  /** The audit logs of all programs, by name. */
  public List<Source> audits() throws IOException {
    return withEnding(AUDIT);
  }

  /**
   * The log of one program; else what it printed, which is where {@code flotilla start} says what
   * went wrong; else the file of exactly that name.
   */
  public Optional<Source> named(String name) {
    if (name.isEmpty() || name.contains("/") || name.contains("\\")) {
      return Optional.empty();
    }
    for (String ending : List.of(LOG, OUT, "")) {
      Path file = path.resolve(name + ending);
      if (Files.isRegularFile(file)) {
        return Optional.of(new Source(name, file, ending));
      }
    }
    return Optional.empty();
  }

  private List<Source> withEnding(String ending) throws IOException {
    TreeSet<String> names = new TreeSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(path, "*" + ending)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        names.add(name.substring(0, name.length() - ending.length()));
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    }
    return names.stream()
        .filter(name -> !isOld(name, names))
        .map(name -> new Source(name, path.resolve(name + ending), ending))
        .toList();
  }

  private static final Pattern OLD = Pattern.compile("(.+)\\.\\d");

  /** Whether this is what another log was before, as in n1.2 beside n1. */
  private static boolean isOld(String name, TreeSet<String> names) {
    Matcher matcher = OLD.matcher(name);
    return matcher.matches() && names.contains(matcher.group(1));
  }
}
