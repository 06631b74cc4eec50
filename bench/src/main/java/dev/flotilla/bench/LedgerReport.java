package dev.flotilla.bench;

import dev.flotilla.bench.kill.KillSummary;
import dev.flotilla.bench.kill.Round;
import dev.flotilla.bench.ledger.LedgerVerdict;
import dev.flotilla.bench.recorder.FailureTally;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Lines of JSON, one an event, each with the member {@code event}. */
final class LedgerReport {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final PrintWriter out;

  LedgerReport(PrintWriter out) {
    this.out = out;
  }

  void started(String run, String balancer) {
    Map<String, Object> line = event("started");
    line.put("run", run);
    line.put("balancer", balancer);
    print(line);
  }

  void progress(double seconds, Map<String, Long> ackedByGroup) {
    Map<String, Object> line = event("progress");
    line.put("seconds", Math.round(seconds * 10) / 10.0);
    line.put("acked", ackedByGroup);
    print(line);
  }

  void round(Round round) {
    Map<String, Object> line = event("round");
    line.put("round", round.number());
    line.put("group", round.group());
    line.put("node", round.node());
    line.put("pid", round.pid());
    line.put("term", round.term());
    round.recoveryNanos().ifPresent(nanos -> line.put("recoveryMillis", millis(nanos)));
    line.put("silenceMillis", millis(round.silenceNanos()));
    line.put("caughtUpMillis", millis(round.caughtUpNanos()));
    print(line);
  }

  void summary(KillSummary summary) {
    Map<String, Object> line = event("summary");
    line.put("rounds", summary.rounds());
    line.put("notRecovered", summary.notRecovered());
    line.put("medianRecoveryMillis", millis(summary.medianRecoveryNanos()));
    line.put("worstRecoveryMillis", millis(summary.worstRecoveryNanos()));
    line.put("medianSilenceMillis", millis(summary.medianSilenceNanos()));
    line.put("worstSilenceMillis", millis(summary.worstSilenceNanos()));
    line.put("worstCaughtUpMillis", millis(summary.worstCaughtUpNanos()));
    print(line);
  }

  void failures(Map<String, FailureTally.Entry> failures) {
    failures.forEach((code, entry) -> {
      Map<String, Object> line = event("failures");
      line.put("code", code);
      line.put("count", entry.count());
      line.put("outcome", entry.first().outcome().name());
      line.put("sample", entry.first().sample());
      print(line);
    });
  }

  void verdict(LedgerVerdict verdict) {
    Map<String, Object> line = event("verdict");
    line.put("clean", verdict.isClean());
    line.put("acked", verdict.acked());
    line.put("lost", verdict.lost());
    line.put("wrong", verdict.wrong());
    line.put("doubled", verdict.doubled());
    line.put("undone", verdict.revisionsGoneBack());
    line.put("unreadable", verdict.unreadable());
    line.put("retries", verdict.retries());
    line.put("open", verdict.open());
    line.put("openApplied", verdict.openApplied());
    line.put("samples", verdict.samples());
    print(line);
  }

  private static Map<String, Object> event(String name) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("event", name);
    return line;
  }

  private void print(Map<String, Object> line) {
    out.println(JSON.writeValueAsString(line));
    out.flush();
  }

  private static double millis(long nanos) {
    return Math.round(nanos / 1e5) / 10.0;
  }
}
