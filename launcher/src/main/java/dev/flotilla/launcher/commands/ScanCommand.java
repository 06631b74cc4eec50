package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.terminal.Table;
import dev.flotilla.launcher.terminal.Table.Align;
import dev.flotilla.launcher.terminal.Table.Cell;
import dev.flotilla.launcher.terminal.Terminal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flotilla scan [PREFIX]}: lists keys. */
@Command(
    name = "scan",
    description = {
      "Lists the keys that begin with a prefix, or all.",
      "It goes group after group, so the list is not sorted by name. A key that is there all the while",
      "is listed once; the list is no picture of one moment.",
      "",
      "A key that is no text, or that would not stay on its line, is shown in base 64 behind base64:.",
      "With -o json each key is a document on a line of its own, with nothing changed."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  flotilla scan                          the first 1000",
      "  flotilla scan user/ --limit 20",
      "  flotilla scan user/ --keys-only        a key a line, for scripts",
      "  flotilla scan -o json --limit 100000"
    })
public final class ScanCommand implements Callable<Integer> {
  /** The most that a balancer lists in one page; also how many rows one table is set from. */
  private static final int PAGE = 1_000;

  @Mixin private ClientOptions options = new ClientOptions();

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "1000",
      description = "How many keys to list at most. Default: 1000.")
  private long limit = PAGE;

  @Option(names = "--keys-only", description = "Only the keys, one a line.")
  private boolean keysOnly;

  @Parameters(
      paramLabel = "PREFIX",
      arity = "0..1",
      defaultValue = "",
      description = "What the keys begin with. Default: all keys.")
  private String prefix = "";

  private final Terminal terminal;
  private final List<KeyPage.Key> rows = new ArrayList<>();
  private boolean headed;

  public ScanCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (limit < 1) {
      throw new Failure(ExitCode.USAGE, "--limit must be 1 or more, found " + limit, "");
    }
    boolean more = walk(options.client());
    printRows();
    if (more) {
      sayThatMoreFollow();
    }
    return ExitCode.DONE;
  }

  /** Prints as pages come in. Returns whether a key follows those that were printed. */
  private boolean walk(KvClient client) {
    long printed = 0;
    String cursor = null;
    while (true) {
      // One more than is printed, because a cursor alone does not tell whether a key follows.
      int wanted = (int) Math.min(PAGE - 1, limit - printed) + 1;
      KeyPage page = client.scan(prefix, wanted, cursor);
      for (KeyPage.Key key : page.keys()) {
        if (printed == limit) {
          return true;
        }
        print(key);
        printed++;
      }
      String next = page.cursor();
      if (next == null || terminal.out().checkError()) {
        return false; // the end, or nobody reads any more
      }
      if (next.equals(cursor)) {
        throw new Failure(
            ExitCode.FAILED,
            "The balancer's list does not move on.",
            "This is a fault of the balancer; the keys above are right.");
      }
      cursor = next;
    }
  }

  private void print(KeyPage.Key key) {
    if (options.output().json()) {
      terminal.line(OutputOption.toJson(document(key)));
    } else if (keysOnly) {
      terminal.line(key.shown());
    } else {
      rows.add(key);
      if (rows.size() == PAGE) {
        printRows();
      }
    }
  }

  private Map<String, @Nullable Object> document(KeyPage.Key key) {
    Map<String, @Nullable Object> document = key.name();
    if (!keysOnly) {
      document.put("revision", key.revision());
      document.put("size", key.sizeBytes());
      if (key.expiresAtMillis() > 0) {
        document.put("expiresAtMillis", key.expiresAtMillis());
      }
    }
    return document;
  }

  /** Prints the rows that are waiting; the headings once, also when there are no rows at all. */
  private void printRows() {
    if (keysOnly || options.output().json() || (headed && rows.isEmpty())) {
      return;
    }
    Table table =
        new Table()
            .column("KEY", Align.LEFT)
            .column("REVISION", Align.RIGHT)
            .column("SIZE", Align.RIGHT)
            .column("EXPIRES", Align.LEFT);
    for (KeyPage.Key key : rows) {
      table.row(
          Cell.of(key.shown()),
          Cell.of(key.revision()),
          Cell.of(key.sizeBytes()),
          Cell.of(
              key.expiresAtMillis() == 0
                  ? ""
                  : Instant.ofEpochMilli(key.expiresAtMillis()).toString()));
    }
    table.lines(terminal::dim).stream().skip(headed ? 1 : 0).forEach(terminal::line);
    headed = true;
    rows.clear();
  }

  private void sayThatMoreFollow() {
    if (options.output().json()) {
      Map<String, @Nullable Object> document = new LinkedHashMap<>();
      document.put("note", "more keys follow");
      document.put("limit", limit);
      terminal.problem(OutputOption.toJson(document));
    } else {
      terminal.problem(
          "note: these are the first "
              + limit
              + " keys; more follow. A larger --limit lists them, a longer PREFIX leaves some out.");
    }
  }
}
