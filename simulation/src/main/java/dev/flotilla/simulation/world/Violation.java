package dev.flotilla.simulation.world;

/** Something happened that must never happen. */
public final class Violation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String rule;

  /**
   * @param rule short name of what was broken
   */
  public Violation(String rule, String detail) {
    super(rule + ": " + detail);
    this.rule = rule;
  }

  public Violation(String rule, String detail, Throwable cause) {
    super(rule + ": " + detail, cause);
    this.rule = rule;
  }

  public String rule() {
    return rule;
  }
}
