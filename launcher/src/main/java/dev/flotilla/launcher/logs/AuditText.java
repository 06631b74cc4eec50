package dev.flotilla.launcher.logs;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A line of an audit log for people. */
public final class AuditText {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private AuditText() {}

  /** Time, node, what it is, and the words; the line itself when it is none of an audit log. */
  public static String of(String line) {
    JsonNode event;
    try {
      event = JSON.readTree(line);
    } catch (JacksonException e) {
      return line;
    }
    if (!event.path("at").isString() || !event.path("text").isString()) {
      return line;
    }
    String group = event.path("group").asString("");
    return event.path("at").stringValue()
        + "  "
        + event.path("node").asString("?")
        + (group.isEmpty() ? "" : " " + group)
        + "  "
        + event.path("event").asString("?")
        + ": "
        + event.path("text").stringValue();
  }
}
