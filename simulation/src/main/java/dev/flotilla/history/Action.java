package dev.flotilla.history;

/**
 * What a client asked for. The actions on one key all belong to one kind of object: a register
 * ({@link Put}, {@link Delete}, {@link Get}), a set ({@link Add}, {@link Members}) or a list
 * ({@link Append}, {@link Elements}).
 */
public sealed interface Action {

  /** Changes nothing, so that an answer that never came says nothing either. */
  default boolean isRead() {
    return switch (this) {
      case Get _, Members _, Elements _ -> true;
      case Put _, Delete _, Add _, Append _ -> false;
    };
  }

  /** Writes a value that no other operation on the key writes. */
  record Put(String value, Condition condition) implements Action {
    @Override
    public String toString() {
      return "put " + value + condition;
    }
  }

  record Delete(Condition condition) implements Action {
    @Override
    public String toString() {
      return "delete" + condition;
    }
  }

  record Get() implements Action {
    @Override
    public String toString() {
      return "get";
    }
  }

  /** Puts an element into a set; no other operation puts the same one. */
  record Add(String element) implements Action {
    @Override
    public String toString() {
      return "add " + element;
    }
  }

  /** Reads a whole set. */
  record Members() implements Action {
    @Override
    public String toString() {
      return "members";
    }
  }

  /** Puts an element at the end of a list; no other operation puts the same one. */
  record Append(String element) implements Action {
    @Override
    public String toString() {
      return "append " + element;
    }
  }

  /** Reads a whole list. */
  record Elements() implements Action {
    @Override
    public String toString() {
      return "elements";
    }
  }
}
