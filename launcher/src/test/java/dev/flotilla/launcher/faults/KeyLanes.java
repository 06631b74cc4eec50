package dev.flotilla.launcher.faults;

import dev.flotilla.history.Recorder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys clients contend for. A search is cheap while a key has few operations and few open ones,
 * so a key that has had its share makes room for the next of its lane.
 */
final class KeyLanes {
  private static final int ROOM_LEFT = 24;
  private static final int MAX_OPEN = 12;

  private final String prefix;
  private final Recorder recorder;
  private final List<String> used = new ArrayList<>();
  private final Map<Integer, String> current = new HashMap<>();
  private final Map<String, Integer> open = new HashMap<>();

  KeyLanes(String prefix, Recorder recorder) {
    this.prefix = prefix;
    this.recorder = recorder;
  }

  synchronized String key(int lane) {
    String key = current.get(lane);
    if (key == null || recorder.room(key) < ROOM_LEFT || open.getOrDefault(key, 0) > MAX_OPEN) {
      key = prefix + lane + "-" + used.size();
      used.add(key);
      current.put(lane, key);
    }
    return key;
  }

  synchronized void opened(String key) {
    open.merge(key, 1, Integer::sum);
  }

  /** All keys so far. */
  synchronized List<String> used() {
    return List.copyOf(used);
  }
}
