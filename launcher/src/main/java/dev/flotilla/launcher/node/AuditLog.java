package dev.flotilla.launcher.node;

import dev.flotilla.proto.admin.v1.NodeEvent;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keeps a node's events for good: one line of JSON each, in the file that {@link LogFiles} gives to
 * the logger {@value #LOGGER}. Elections, changes of leader and of members, configurations.
 */
final class AuditLog implements Consumer<NodeEvent> {
  /** Where the lines go. */
  static final String LOGGER = "flotilla.audit";

  private static final Logger AUDIT = LoggerFactory.getLogger(LOGGER);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String KIND_PREFIX = "EVENT_KIND_";

  private final String node;

  AuditLog(String node) {
    this.node = node;
  }

  @Override
  public void accept(NodeEvent event) {
    if (AUDIT.isInfoEnabled()) {
      AUDIT.info(JSON.writeValueAsString(document(event)));
    }
  }

  Map<String, @Nullable Object> document(NodeEvent event) {
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("at", Instant.ofEpochMilli(event.getAtMillis()).toString());
    document.put("number", event.getNumber());
    document.put("node", node);
    document.put("event", kind(event));
    if (event.getGroup() != 0) {
      document.put("group", event.getGroupName());
      document.put("term", event.getTerm());
      document.put("leader", event.getLeader() == 0 ? null : "n" + event.getLeader());
    }
    document.put("text", event.getText());
    return document;
  }

  /** As in {@code no-leader}. */
  private static String kind(NodeEvent event) {
    String name = event.getKind().name();
    String plain = name.startsWith(KIND_PREFIX) ? name.substring(KIND_PREFIX.length()) : name;
    return plain.toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
