package dev.flotilla.raft.runtime;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.flotilla.proto.raft.v1.BulkMessage;
import dev.flotilla.proto.raft.v1.MessageBatch;
import dev.flotilla.raft.env.Clock;
import dev.flotilla.raft.env.Transport;
import java.util.HashSet;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A network in memory: bytes, not objects, cross it, after a delay, if they are not lost. Delivers
 * when told to.
 */
final class MemoryNetwork {
  private record Link(int from, int to) {}

  private record Packet(
      long atNanos, long sequence, int from, int to, long life, boolean bulk, byte[] bytes)
      implements Comparable<Packet> {
    @Override
    public int compareTo(Packet other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }

  private final Clock clock;
  private final RandomGenerator random;
  private final Map<Integer, Port> ports = new TreeMap<>();
  private final PriorityQueue<Packet> packets = new PriorityQueue<>();
  private final Set<Link> cut = new HashSet<>();
  private final Map<Integer, Long> sent = new TreeMap<>();
  private long delayNanos = 200_000;
  private double loss;
  private double repetition;
  private long sequence;

  MemoryNetwork(Clock clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  Transport port(int node) {
    return new Port(node);
  }

  /** Whom a node wants to talk to, as it last said. */
  SortedMap<Integer, String> contactsOf(int node) {
    Port port = ports.get(node);
    return port == null ? new TreeMap<>() : port.contacts;
  }

  void setFaults(double lossShare, double repetitionShare, long delay) {
    loss = lossShare;
    repetition = repetitionShare;
    delayNanos = delay;
  }

  void isolate(int node) {
    for (int other : ports.keySet()) {
      cut.add(new Link(node, other));
      cut.add(new Link(other, node));
    }
  }

  void heal() {
    cut.clear();
  }

  /** The node's process is gone: its connections break. */
  void drop(int node) {
    Port gone = ports.remove(node);
    if (gone != null) {
      ports.values().forEach(port -> port.receiver().onPeerDisconnected(node));
    }
  }

  /** Delivers what is due. */
  void deliver() {
    while (!packets.isEmpty() && packets.peek().atNanos() <= clock.nanoTime()) {
      Packet packet = packets.remove();
      Port port = ports.get(packet.to());
      if (port == null || cut.contains(new Link(packet.from(), packet.to()))) {
        continue;
      }
      try {
        if (packet.bulk()) {
          port.receiver().onBulk(packet.from(), BulkMessage.parseFrom(packet.bytes()));
        } else {
          port.receiver().onMessages(packet.from(), MessageBatch.parseFrom(packet.bytes()));
        }
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError("what was sent cannot be read", e);
      }
    }
  }

  /** How many batches a node has sent, to anyone. */
  long sentBy(int node) {
    return sent.getOrDefault(node, 0L);
  }

  private void send(int from, int to, boolean bulk, byte[] bytes) {
    sent.merge(from, 1L, Long::sum);
    if (random.nextDouble() < loss) {
      return;
    }
    int copies = random.nextDouble() < repetition ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      long delay = delayNanos / 2 + random.nextLong(delayNanos + 1);
      packets.add(new Packet(clock.nanoTime() + delay, sequence++, from, to, 0, bulk, bytes));
    }
  }

  private final class Port implements Transport {
    private final int node;
    private @Nullable Receiver receiver;
    private SortedMap<Integer, String> contacts = new TreeMap<>();

    Port(int node) {
      this.node = node;
    }

    Receiver receiver() {
      return java.util.Objects.requireNonNull(receiver);
    }

    @Override
    public void start(Receiver target) {
      receiver = target;
      ports.put(node, this);
    }

    @Override
    public void connect(SortedMap<Integer, String> peers) {
      contacts = peers;
    }

    @Override
    public void send(int toNode, MessageBatch batch) {
      MemoryNetwork.this.send(node, toNode, false, batch.toByteArray());
    }

    @Override
    public boolean sendBulk(int toNode, BulkMessage message) {
      MemoryNetwork.this.send(node, toNode, true, message.toByteArray());
      return true;
    }

    @Override
    public void close() {
      ports.remove(node, this);
    }
  }
}
