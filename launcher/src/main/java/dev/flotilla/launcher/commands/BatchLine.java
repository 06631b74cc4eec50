package dev.flotilla.launcher.commands;

/** What a line of {@code flotilla batch} asks for. */
sealed interface BatchLine {
  /** From 1. */
  long number();

  /**
   * Something to send.
   *
   * @param verb {@code get}, {@code put} or {@code delete}
   * @param key the key's bytes, a character each
   * @param json as {@code POST /v1/kv:batch} takes it
   */
  record Operation(long number, String verb, String key, byte[] json) implements BatchLine {
    boolean writes() {
      return !verb.equals("get");
    }
  }

  /**
   * Something that cannot be sent.
   *
   * @param why in words
   */
  record Refused(long number, String why) implements BatchLine {}
}
