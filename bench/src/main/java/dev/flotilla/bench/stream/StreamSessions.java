package dev.flotilla.bench.stream;

import dev.flotilla.balancer.routing.ClientSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Who commands come from: one identity towards each group for all lanes of a client that shares its
 * connections, one for each lane where every lane is a client of its own.
 */
final class StreamSessions {

  private static final int LEAST_WINDOW = 64;
  private static final int MOST_WINDOW = 1 << 18;

  private final List<Map<Integer, ClientSession>> byLane = new ArrayList<>();
  private final boolean separate;

  StreamSessions(
      int lanes, boolean separate, List<StreamCluster.Group> groups, RandomGenerator random) {
    this.separate = separate;
    // One slow command holds back a window's lowest number while the others go on.
    int window = separate ? LEAST_WINDOW : MOST_WINDOW;
    for (int i = 0; i < (separate ? lanes : 1); i++) {
      Map<Integer, ClientSession> sessions = new TreeMap<>();
      groups.forEach(group -> sessions.put(group.id(), new ClientSession(random, window)));
      byLane.add(sessions);
    }
  }

  ClientSession of(int lane, int group) {
    ClientSession session = byLane.get(separate ? lane : 0).get(group);
    if (session == null) {
      throw new IllegalArgumentException("there is no group " + group);
    }
    return session;
  }
}
