package dev.flotilla.launcher.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** All verdicts, as people read them. */
final class FaultTable {
  private static final Path FILE = Path.of("target", "fault-table.txt");

  private final List<FaultVerdict> verdicts = new ArrayList<>();

  synchronized void add(FaultVerdict verdict) {
    verdicts.add(verdict);
  }

  synchronized boolean isGood() {
    return verdicts.stream().allMatch(verdict -> verdict.isSkipped() || verdict.isOk());
  }

  synchronized String text() {
    StringBuilder text = new StringBuilder(2048);
    text.append(
        String.format(
            Locale.ROOT,
            "%-34s %8s %8s %6s %8s %12s %7s %5s %8s  %s%n",
            "fault",
            "ok",
            "refused",
            "open",
            "gap ms",
            "recovery ms",
            "acked",
            "lost",
            "doubled",
            "verdict (and how the fault was seen)"));
    for (FaultVerdict verdict : verdicts) {
      if (verdict.isSkipped()) {
        text.append(String.format(Locale.ROOT, "%-34s %s%n", verdict.fault(), verdict.verdict()));
      } else {
        text.append(
            String.format(
                Locale.ROOT,
                "%-34s %8d %8d %6d %8d %12d %7d %5d %8d  %s%s%n",
                verdict.fault(),
                verdict.ok(),
                verdict.refused(),
                verdict.open(),
                verdict.gapMillis(),
                verdict.recoveryMillis(),
                verdict.acked(),
                verdict.lost(),
                verdict.doubled(),
                verdict.verdict(),
                verdict.shown().isEmpty() ? "" : " (" + verdict.shown() + ")"));
      }
    }
    return text.toString();
  }

  /** Prints the table and keeps it beside the other reports of the build. */
  void publish() throws IOException {
    String text = text();
    Files.createDirectories(FILE.getParent());
    Files.writeString(FILE, text);
    System.out.println(text);
  }
}
