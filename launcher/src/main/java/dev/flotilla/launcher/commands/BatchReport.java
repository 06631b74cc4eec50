package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.terminal.Terminal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Prints what became of each line of a batch, a line each, and counts. */
final class BatchReport implements BatchRun.Report {
  private static final int MOST_NAMED = 10;

  private final Terminal terminal;
  private final boolean json;
  private final List<Long> firstFailed = new ArrayList<>();
  private long lines;
  private long failed;

  BatchReport(Terminal terminal, boolean json) {
    this.terminal = terminal;
    this.json = json;
  }

  @Override
  public void tell(BatchLine line, BatchResult result) {
    lines++;
    boolean isFailure = hasFailed(line, result);
    if (isFailure) {
      failed++;
      if (firstFailed.size() < MOST_NAMED) {
        firstFailed.add(line.number());
      }
    }
    if (json) {
      Map<String, @Nullable Object> document = new LinkedHashMap<>();
      document.put("line", line.number());
      document.putAll(result.fields());
      terminal.line(OutputOption.toJson(document));
    } else {
      String words = words(line, result);
      terminal.line(line.number() + ": " + (isFailure ? terminal.red("failed: ") : "") + words);
    }
  }

  /** That there is nothing to read or delete is an answer like any other. */
  private static boolean hasFailed(BatchLine line, BatchResult result) {
    boolean isAbsent =
        result.status() == 404
            && line instanceof BatchLine.Operation operation
            && !operation.verb().equals("put");
    return result.status() / 100 != 2 && !isAbsent;
  }

  static String words(BatchLine line, BatchResult result) {
    String verb = line instanceof BatchLine.Operation operation ? operation.verb() : "";
    if (hasFailed(line, result)) {
      String detail = result.text("detail");
      String outcome = result.text("outcome");
      String code = result.text("code");
      return KvClient.sentence(detail == null ? "HTTP " + result.status() : detail)
          + (code == null || code.isEmpty() ? "" : " (" + code + ")")
          + KvClient.effect(outcome == null ? "" : outcome);
    }
    String revision = result.text("revision");
    String suffix = revision == null ? "" : ", revision " + revision;
    return switch (verb) {
      case "get" ->
          result.status() == 404
              ? "absent"
              : "found"
                  + suffix
                  + ", value "
                  + OneLine.of(result.text("value"), result.text("value_base64"));
      case "delete" -> result.status() == 404 ? "absent" : "deleted";
      default -> (result.status() == 201 ? "created" : "replaced") + suffix;
    };
  }

  /**
   * @throws Failure when a line failed
   */
  void requireAllDone() {
    if (failed > 0) {
      String numbers = firstFailed.stream().map(String::valueOf).collect(Collectors.joining(", "));
      throw new Failure(
          ExitCode.FAILED,
          failed
              + " of "
              + lines
              + (lines == 1 ? " line" : " lines")
              + " failed: "
              + numbers
              + (failed > firstFailed.size() ? " and others." : "."),
          "What became of each line stands in the output.");
    }
  }
}
