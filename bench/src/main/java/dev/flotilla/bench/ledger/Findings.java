package dev.flotilla.bench.ledger;

import java.util.ArrayList;
import java.util.List;

/** What the workers' readers found, summed up. Safe for several threads. */
final class Findings {

  private static final int MAX_SAMPLES = 20;

  private long acked;
  private long retries;
  private long open;
  private long openApplied;
  private long lost;
  private long wrong;
  private long changedRevisions;
  private long extraEffects;
  private long revisionsGoneBack;
  private long unreadable;
  private final List<String> samples = new ArrayList<>();

  synchronized void addWorker(long workerRetries, long extra, long goneBack) {
    retries += workerRetries;
    extraEffects += extra;
    revisionsGoneBack += goneBack;
  }

  synchronized void count(boolean isAcked) {
    if (isAcked) {
      acked++;
    } else {
      open++;
    }
  }

  synchronized void absent(boolean isAcked, String key) {
    if (isAcked) {
      lost++;
      sample("lost: " + key);
    }
  }

  synchronized void wrong(String key, String body) {
    wrong++;
    sample("wrong: " + key + " holds " + body.substring(0, Math.min(80, body.length())));
  }

  synchronized void openApplied() {
    openApplied++;
  }

  synchronized void changedRevision(String key, long ackedRevision, long found) {
    changedRevisions++;
    sample("revision: " + key + " was acked at " + ackedRevision + " and is at " + found);
  }

  synchronized void unreadable(boolean isAcked, String key) {
    if (isAcked) {
      unreadable++;
      sample("unreadable: " + key);
    }
  }

  synchronized LedgerVerdict verdict() {
    return new LedgerVerdict(
        acked,
        retries,
        open,
        openApplied,
        lost,
        wrong,
        changedRevisions,
        extraEffects,
        revisionsGoneBack,
        unreadable,
        List.copyOf(samples));
  }

  private void sample(String line) {
    if (samples.size() < MAX_SAMPLES) {
      samples.add(line);
    }
  }
}
