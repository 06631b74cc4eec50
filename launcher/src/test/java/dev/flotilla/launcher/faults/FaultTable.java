package dev.flotilla.launcher.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;

/** All verdicts, as people read them. */
final class FaultTable {
  private static final Path FILE = Path.of("target", "fault-table.md");

  private final List<FaultVerdict> verdicts = new ArrayList<>();

  synchronized void add(FaultVerdict verdict) {
    verdicts.add(verdict);
  }

  synchronized boolean isGood() {
    return verdicts.stream().allMatch(verdict -> verdict.isSkipped() || verdict.isOk());
  }

  synchronized String text() {
    StringBuilder text = new StringBuilder(4096);
    row(
        text,
        "fault",
        "seen",
        "ok",
        "refused",
        "open",
        "gap ms",
        "others' gap ms",
        "recovery ms",
        "acked",
        "lost",
        "doubled",
        "verdict");
    text.append("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    text.append(" --- |\n");
    for (FaultVerdict verdict : verdicts) {
      if (verdict.isSkipped()) {
        row(text, verdict.fault(), "", "", "", "", "", "", "", "", "", "", verdict.verdict());
      } else {
        row(
            text,
            verdict.fault(),
            verdict.shown(),
            verdict.ok(),
            verdict.refused(),
            verdict.open(),
            verdict.gapMillis(),
            verdict.othersGapMillis(),
            verdict.recoveryMillis(),
            verdict.acked(),
            verdict.lost(),
            verdict.doubled(),
            verdict.verdict());
      }
    }
    List<FaultVerdict> tried = verdicts.stream().filter(verdict -> !verdict.isSkipped()).toList();
    return text.append(
            String.format(
                Locale.ROOT,
                "%n%d faults, %d skipped, %d not survived; %d operations, %d refused, %d open;"
                    + " %d acknowledged writes of the ledger, %d lost, %d doubled%n",
                verdicts.size(),
                verdicts.size() - tried.size(),
                tried.stream().filter(verdict -> !verdict.isOk()).count(),
                sum(tried, FaultVerdict::ok),
                sum(tried, FaultVerdict::refused),
                sum(tried, FaultVerdict::open),
                sum(tried, FaultVerdict::acked),
                sum(tried, FaultVerdict::lost),
                sum(tried, FaultVerdict::doubled)))
        .toString();
  }

  private static int sum(List<FaultVerdict> verdicts, ToIntFunction<FaultVerdict> property) {
    return verdicts.stream().mapToInt(property).sum();
  }

  private static void row(StringBuilder text, Object... cells) {
    text.append('|');
    for (Object cell : cells) {
      String plain = cell.toString().replace("\n", " ").replace("|", "\\|");
      text.append(' ').append(plain).append(" |");
    }
    text.append('\n');
  }

  /** Prints the table and keeps it beside the other reports of the build. */
  void publish() throws IOException {
    String text = text();
    Files.createDirectories(FILE.getParent());
    Files.writeString(FILE, text);
    System.out.println(text);
  }
}
