package dev.flotilla.bench.http;

/**
 * Limits of an {@link HttpDoor}. Times in nanoseconds.
 *
 * @param timeoutNanos an operation without an answer for so long is given up; its outcome is
 *     unknown
 * @param maxAnswerBytes longest answer taken, head included
 * @param firstReconnectNanos pause after a connection that was refused or broke before it carried
 *     an answer; doubles with each further one
 * @param maxReconnectNanos longest such pause
 */
public record HttpDoorOptions(
    long timeoutNanos, int maxAnswerBytes, long firstReconnectNanos, long maxReconnectNanos) {

  public static final HttpDoorOptions DEFAULT =
      new HttpDoorOptions(10_000_000_000L, 8 << 20, 10_000_000L, 500_000_000L);

  public HttpDoorOptions {
    if (timeoutNanos <= 0 || maxAnswerBytes <= 0 || firstReconnectNanos <= 0) {
      throw new IllegalArgumentException("limits are positive");
    }
    if (maxReconnectNanos < firstReconnectNanos) {
      throw new IllegalArgumentException("the longest pause is not shorter than the first");
    }
  }

  public HttpDoorOptions withTimeoutNanos(long nanos) {
    return new HttpDoorOptions(nanos, maxAnswerBytes, firstReconnectNanos, maxReconnectNanos);
  }
}
