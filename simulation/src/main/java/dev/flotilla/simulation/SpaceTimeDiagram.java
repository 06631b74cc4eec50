package dev.flotilla.simulation;

import dev.flotilla.simulation.world.Trace;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A run's last events as a table: time goes down, each endpoint has a column, and what the world
 * does to them stands on the left.
 */
final class SpaceTimeDiagram {
  private static final int WIDTH = 22;

  /** What happens all the time and says little. */
  private static final Set<String> DULL = new TreeSet<>(List.of("loop", "applier", "snapshots"));

  private final List<Trace.Event> events;
  private final List<Integer> endpoints;

  SpaceTimeDiagram(List<Trace.Event> events) {
    this.events = events;
    this.endpoints =
        events.stream()
            .map(Trace.Event::endpoint)
            .filter(id -> id != 0)
            .distinct()
            .sorted()
            .toList();
  }

  void print(PrintWriter out, int most) {
    StringBuilder head = new StringBuilder(String.format(Locale.ROOT, "%12s  ", "ms"));
    endpoints.forEach(id -> head.append(column(Trace.name(id))));
    out.println(head);
    List<String> rows = rows();
    rows.subList(Math.max(0, rows.size() - most), rows.size()).forEach(out::println);
  }

  private List<String> rows() {
    List<String> rows = new ArrayList<>();
    Map<String, String> states = new HashMap<>();
    for (Trace.Event event : events) {
      if (DULL.contains(event.what())) {
        continue;
      }
      String text = text(event);
      if (event.what().equals("state")) {
        // Only what is new.
        String before = states.put(event.endpoint() + "/" + event.c(), text);
        if (text.equals(before)) {
          continue;
        }
      }
      String time = String.format(Locale.ROOT, "%12.3f  ", event.atNanos() / 1e6);
      if (event.endpoint() == 0) {
        rows.add(time + "=== " + text);
      } else {
        rows.add(time + " ".repeat(WIDTH * endpoints.indexOf(event.endpoint())) + column(text));
      }
    }
    return rows;
  }

  private static String text(Trace.Event event) {
    return switch (event.what()) {
      case "state" -> "g%d term %d commit %d".formatted(event.c(), event.a(), event.b());
      case "OFFER", "CHUNK", "PROGRESS" ->
          "%s > n%d g%d".formatted(event.what().toLowerCase(Locale.ROOT), event.a(), event.b());
      default ->
          event.endpoint() != 0 && event.what().equals(event.what().toUpperCase(Locale.ROOT))
              ? "%s > n%d t%d g%d".formatted(brief(event.what()), event.a(), event.b(), event.c())
              : "%s %d %d %d".formatted(event.what(), event.a(), event.b(), event.c());
    };
  }

  /** APPEND_REQUEST as AppReq. */
  private static String brief(String body) {
    StringBuilder brief = new StringBuilder();
    for (String word : body.toLowerCase(Locale.ROOT).split("_")) {
      brief
          .append(Character.toUpperCase(word.charAt(0)))
          .append(word, 1, Math.min(3, word.length()));
    }
    return brief.toString();
  }

  private static String column(String text) {
    return text.length() >= WIDTH
        ? text.substring(0, WIDTH - 1) + " "
        : text + " ".repeat(WIDTH - text.length());
  }
}
