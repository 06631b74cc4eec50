package dev.flotilla.balancer.routing;

/** What became of a request. There is no fourth. */
public enum Outcome {
  /** It took effect, or was a read that was answered. */
  APPLIED("applied"),
  /** It had no effect and never will: safe to send again. */
  NOT_APPLIED("not_applied"),
  /** It may or may not have taken effect, or may still. */
  UNKNOWN("unknown");

  private final String text;

  Outcome(String text) {
    this.text = text;
  }

  /** As answers and metrics spell it. */
  public String text() {
    return text;
  }
}
