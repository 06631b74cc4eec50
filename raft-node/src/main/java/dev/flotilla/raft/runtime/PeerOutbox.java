package dev.flotilla.raft.runtime;

import dev.flotilla.proto.raft.v1.MessageBatch;
import dev.flotilla.proto.raft.v1.RaftMessage;
import dev.flotilla.raft.core.Entry;
import dev.flotilla.raft.core.Message;
import dev.flotilla.raft.env.Transport;
import dev.flotilla.raft.wire.MessageCodec;
import java.util.Map;
import java.util.TreeMap;

/**
 * One pass's messages to the peers, in two heaps: what may leave at once, and what must wait for
 * the log to be on disk. All groups' messages to one peer leave as one batch, unless it would grow
 * too large for the wire.
 */
final class PeerOutbox {
  /**
   * A batch is closed when it has grown past this: together with one append it stays within the
   * wire's limit.
   */
  private static final int BATCH_BYTES = 1 << 20;

  private static final int MESSAGE_OVERHEAD_BYTES = 64;

  private final Transport transport;
  private final Map<Integer, Heap> immediate = new TreeMap<>();
  private final Map<Integer, Heap> afterDurable = new TreeMap<>();

  private static final class Heap {
    private MessageBatch.Builder batch = MessageBatch.newBuilder();
    private long bytes;
  }

  PeerOutbox(Transport transport) {
    this.transport = transport;
  }

  /**
   * @param incarnation of the sending replica
   */
  void addImmediate(int group, Message message, long incarnation) {
    add(immediate, group, message, incarnation);
  }

  /** See {@link #addImmediate}. */
  void addAfterDurable(int group, Message message, long incarnation) {
    Heap heap = afterDurable.computeIfAbsent(message.to(), peer -> new Heap());
    // Never sent early, whatever its size: nothing large waits for the disk, only replies and votes
    // do.
    heap.batch.addMessages(MessageCodec.encode(group, message, incarnation));
  }

  private void add(Map<Integer, Heap> heaps, int group, Message message, long incarnation) {
    Heap heap = heaps.computeIfAbsent(message.to(), peer -> new Heap());
    RaftMessage encoded = MessageCodec.encode(group, message, incarnation);
    heap.batch.addMessages(encoded);
    heap.bytes += sizeOf(message);
    if (heap.bytes >= BATCH_BYTES) {
      send(message.to(), heap);
    }
  }

  void sendImmediate() {
    immediate.forEach(this::send);
  }

  /** Sends both heaps as one. Call only when everything written so far is on disk. */
  void sendAll() {
    for (Map.Entry<Integer, Heap> held : afterDurable.entrySet()) {
      Heap heap = held.getValue();
      if (heap.batch.getMessagesCount() > 0) {
        Heap now = immediate.computeIfAbsent(held.getKey(), peer -> new Heap());
        now.batch.addAllMessages(heap.batch.getMessagesList());
        heap.batch = MessageBatch.newBuilder();
      }
    }
    sendImmediate();
  }

  private void send(int peer, Heap heap) {
    if (heap.batch.getMessagesCount() == 0) {
      return;
    }
    MessageBatch batch = heap.batch.build();
    heap.batch = MessageBatch.newBuilder();
    heap.bytes = 0;
    transport.send(peer, batch);
  }

  private static long sizeOf(Message message) {
    if (!(message instanceof Message.AppendRequest append)) {
      return MESSAGE_OVERHEAD_BYTES;
    }
    long size = MESSAGE_OVERHEAD_BYTES;
    for (Entry entry : append.entries()) {
      size += entry.sizeBytes();
    }
    return size;
  }
}
