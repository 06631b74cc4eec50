package dev.flotilla.history;

import java.util.List;

/** What a client was told. */
public sealed interface Answer {

  /**
   * A put or delete took effect.
   *
   * @param revision of the key by this write; 0 for the delete of an absent key, which changes
   *     nothing
   * @param existed the key was present before
   */
  record Written(long revision, boolean existed) implements Answer {
    @Override
    public String toString() {
      return "written @" + revision + (existed ? ", existed" : ", was absent");
    }
  }

  /**
   * The condition did not hold, and nothing changed. An answer like any other: it shows the state.
   *
   * @param revision the key's; 0 when absent
   */
  record ConditionFailed(long revision) implements Answer {
    @Override
    public String toString() {
      return revision == 0 ? "condition failed, absent" : "condition failed, is @" + revision;
    }
  }

  /** The key is present. */
  record Found(String value, long revision) implements Answer {
    @Override
    public String toString() {
      return "found " + value + " @" + revision;
    }
  }

  /** The key is absent. */
  record Absent() implements Answer {
    @Override
    public String toString() {
      return "absent";
    }
  }

  /** An element was added or appended. */
  record Done() implements Answer {
    @Override
    public String toString() {
      return "done";
    }
  }

  /** All elements: of a list in its order, of a set in any. */
  record Listed(List<String> elements) implements Answer {
    public Listed {
      elements = List.copyOf(elements);
    }

    @Override
    public String toString() {
      return elements.toString();
    }
  }
}
