package dev.flotilla.launcher.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What became of each kind of file, as people read it. */
final class DamageTable {
  private static final Path FILE = Path.of("target", "damage-table.md");

  /**
   * One kind of file.
   *
   * @param files how many of them were hit
   * @param said the node's words; empty when it had none
   * @param recovery from the start to a voter that has caught up
   * @param hash on which all replicas agreed at the end, behind the index it was taken at
   */
  record Line(String damage, int files, String said, String did, Duration recovery, String hash) {}

  private final List<String> rows = new ArrayList<>();
  private boolean good = true;

  synchronized void add(Line line) {
    rows.add(
        row(
            line.damage() + (line.files() > 1 ? " (" + line.files() + " files)" : ""),
            line.said().isEmpty() ? "nothing" : "\"" + line.said() + "\"",
            line.did(),
            line.recovery().toMillis() + " ms",
            "yes, at " + line.hash()));
  }

  synchronized void broken(String damage, Throwable why) {
    good = false;
    rows.add(row(damage, String.valueOf(why.getMessage()), "FAILED", "", ""));
  }

  synchronized boolean isGood() {
    return good;
  }

  private static String row(String... cells) {
    StringBuilder row = new StringBuilder("|");
    for (String cell : cells) {
      row.append(' ').append(cell.replace("\n", " ").replace("|", "\\|")).append(" |");
    }
    return row.append('\n').toString();
  }

  /** Prints the table and keeps it beside the other reports of the build. */
  synchronized void publish() throws IOException {
    String text =
        row("damaged", "the node said", "and did", "voter again after", "hashes equal afterwards")
            + "| --- | --- | --- | --- | --- |\n"
            + String.join("", rows);
    Files.createDirectories(FILE.getParent());
    Files.writeString(FILE, text);
    System.out.println(text);
  }
}
