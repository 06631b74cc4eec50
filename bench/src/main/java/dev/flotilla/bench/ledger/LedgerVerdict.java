package dev.flotilla.bench.ledger;

import java.util.List;

/**
 * What reading every write back found.
 *
 * @param acked writes that were answered with success
 * @param retries attempts beyond the first of a write
 * @param open writes that were never answered; they may be there or not
 * @param openApplied of these, how many are there
 * @param lost acked writes that are not there
 * @param wrong keys, acked or open, that hold another value than the one written
 * @param changedRevisions acked writes that are there under another revision than was acked
 * @param extraEffects effects that the slots counted beyond the writes
 * @param revisionsGoneBack acked writes with a revision not above the acked one before
 * @param unreadable acked writes that could not be read in time
 * @param samples one line each of the first faults
 */
public record LedgerVerdict(
    long acked,
    long retries,
    long open,
    long openApplied,
    long lost,
    long wrong,
    long changedRevisions,
    long extraEffects,
    long revisionsGoneBack,
    long unreadable,
    List<String> samples) {

  /**
   * Writes that took effect more than once. A second effect raises the slot's revision and, seen
   * from the key, changes its revision; most are seen both ways, so the two do not add up.
   */
  public long doubled() {
    return Math.max(extraEffects, changedRevisions);
  }

  /** Whether nothing acked is lost, wrong, doubled, undone or unread. */
  public boolean isClean() {
    return lost == 0 && wrong == 0 && doubled() == 0 && revisionsGoneBack == 0 && unreadable == 0;
  }
}
