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

  public Failure {
    if (sample.length() > MAX_SAMPLE_CHARS) {
      sample = sample.substring(0, MAX_SAMPLE_CHARS);
    }
  }
}
