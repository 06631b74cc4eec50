package dev.flotilla.launcher.faults;

/**
 * One line of the table.
 *
 * @param gapMillis longest time without a success in the group that was hurt, while it was
 * @param othersGapMillis the same of the groups that nobody hurt; 0 when there are none
 * @param recoveryMillis from healing to the first success of every group
 * @param shown how the fault was seen to be in effect
 * @param verdict "ok", "skipped: ..." or what was wrong
 */
record FaultVerdict(
    String fault,
    int ok,
    int refused,
    int open,
    long gapMillis,
    long othersGapMillis,
    long recoveryMillis,
    int acked,
    int lost,
    int doubled,
    String shown,
    String verdict) {

  static FaultVerdict skipped(String fault, String why) {
    return new FaultVerdict(fault, 0, 0, 0, 0, 0, 0, 0, 0, 0, "", "skipped: " + why);
  }

  static FaultVerdict broken(String fault, HistoryClients.Totals totals, Throwable why) {
    String message = String.valueOf(why.getMessage()).strip();
    return new FaultVerdict(
        fault,
        totals.ok(),
        totals.refused(),
        totals.open(),
        0,
        0,
        0,
        0,
        0,
        0,
        "",
        "FAILED: " + message.lines().findFirst().orElse(why.toString()));
  }

  boolean isOk() {
    return verdict.equals("ok");
  }

  boolean isSkipped() {
    return verdict.startsWith("skipped");
  }
}
