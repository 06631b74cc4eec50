package dev.flotilla.raft.runtime;

import dev.flotilla.raft.core.Member;
import dev.flotilla.raft.env.Transport;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Keeps the transport informed of whom this node has to talk to: the members of all its groups. Who
 * is a member no more is kept for a while, to hear that it was removed.
 */
final class Contacts {
  private static final long LINGER_NANOS = 10_000_000_000L;

  private final NodeOptions options;
  private final Transport transport;

  /** Until when a node is kept that is needed no more, by node. */
  private final SortedMap<Integer, Long> leaving = new TreeMap<>();

  private SortedMap<Integer, String> told = new TreeMap<>();
  private SortedMap<Integer, String> needed = new TreeMap<>();
  private boolean silent = true;

  Contacts(NodeOptions options, Transport transport) {
    this.options = options;
    this.transport = transport;
  }

  /** Looks at what has changed; called in every pass. */
  void refresh(Collection<Replica> replicas, long nowNanos) {
    boolean stale = silent;
    for (Replica replica : replicas) {
      stale |= replica.members.takeContactsChanged();
    }
    if (stale) {
      needed = needed(replicas);
    } else if (leaving.isEmpty()) {
      return;
    }
    SortedMap<Integer, String> next = new TreeMap<>(needed);
    told.forEach((node, address) -> {
      if (!needed.containsKey(node)) {
        long until = leaving.computeIfAbsent(node, left -> nowNanos + LINGER_NANOS);
        if (nowNanos - until < 0) {
          next.put(node, address);
        }
      }
    });
    leaving.keySet().removeIf(node -> needed.containsKey(node) || !next.containsKey(node));
    if (silent || !next.equals(told)) {
      silent = false;
      told = next;
      transport.connect(new TreeMap<>(next));
    }
  }

  private SortedMap<Integer, String> needed(Collection<Replica> replicas) {
    SortedMap<Integer, String> nodes = new TreeMap<>();
    for (Replica replica : replicas) {
      for (Map.Entry<Integer, Member> contact : replica.members.contacts().entrySet()) {
        nodes.merge(
            contact.getKey(),
            options.addressOf(contact.getKey(), contact.getValue().address()),
            (one, other) -> one.isEmpty() ? other : one);
      }
      if (!replica.isMember()) {
        options.addresses().forEach(nodes::putIfAbsent);
      }
    }
    nodes.remove(options.node());
    return nodes;
  }
}
