package dev.flotilla.history;

/** What must hold of a key for a put or delete to take effect. */
public sealed interface Condition {
  Condition NONE = new None();
  Condition ABSENT = new Absent();
  Condition PRESENT = new Present();

  /** Nothing. */
  record None() implements Condition {
    @Override
    public String toString() {
      return "";
    }
  }

  /** The key is absent. */
  record Absent() implements Condition {
    @Override
    public String toString() {
      return " if absent";
    }
  }

  /** The key is present. */
  record Present() implements Condition {
    @Override
    public String toString() {
      return " if present";
    }
  }

  /** The key is present with exactly this revision. */
  record RevisionIs(long revision) implements Condition {
    @Override
    public String toString() {
      return " if @" + revision;
    }
  }
}
