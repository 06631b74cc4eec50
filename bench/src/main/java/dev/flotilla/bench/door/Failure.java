package dev.flotilla.bench.door;

/**
 * Why an operation did not succeed.
 *
 * @param code short and from a small set, so that failures can be counted by it: an error code of
 *     the database, {@code HTTP_502}, {@code CONNECTION}, {@code CLIENT_TIMEOUT}, {@code MISMATCH}
 * @param sample one line of what was seen, cut to a readable length
 */
public record Failure(String code, Outcome outcome, String sample) {

  private static final int MAX_SAMPLE_CHARS = 200;
  private static final String CONFLICT = "CONFLICT";

  public Failure {
    if (sample.length() > MAX_SAMPLE_CHARS) {
      sample = sample.substring(0, MAX_SAMPLE_CHARS);
    }
  }

  /**
   * A conditional write came to nothing because somebody else was faster. The database is right to
   * say so, which is why it is counted apart.
   */
  public static Failure conflict(String sample) {
    return new Failure(CONFLICT, Outcome.NOT_APPLIED, sample);
  }

  public boolean isConflict() {
    return code.equals(CONFLICT);
  }
}
