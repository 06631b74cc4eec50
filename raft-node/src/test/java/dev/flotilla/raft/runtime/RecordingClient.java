package dev.flotilla.raft.runtime;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.client.v1.ReadConsistency;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.proto.client.v1.Request;
import dev.flotilla.proto.client.v1.RequestBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * A client's end: numbers its requests, keeps every reply. A reply counts when it was flushed. Any
 * thread.
 */
final class RecordingClient implements ClientChannel {
  private final Map<Long, List<Reply>> replies = new TreeMap<>();
  private final List<Reply> unflushed = new ArrayList<>();
  private long nextId = 1;
  private int flushes;

  @Override
  public synchronized void reply(Reply reply) {
    unflushed.add(reply);
  }

  @Override
  public synchronized void flush() {
    flushes++;
    for (Reply reply : unflushed) {
      replies.computeIfAbsent(reply.getId(), id -> new ArrayList<>()).add(reply);
    }
    unflushed.clear();
  }

  synchronized int flushes() {
    return flushes;
  }

  /** All replies to a request: more than one is a fault. */
  synchronized List<Reply> repliesTo(long id) {
    return List.copyOf(replies.getOrDefault(id, List.of()));
  }

  synchronized boolean isAnswered(long id) {
    return replies.containsKey(id);
  }

  Reply reply(long id) {
    List<Reply> all = repliesTo(id);
    if (all.size() != 1) {
      throw new AssertionError("request " + id + " has the replies " + all);
    }
    return all.getFirst();
  }

  synchronized long nextId() {
    return nextId++;
  }

  synchronized long lastId() {
    return nextId - 1;
  }

  long command(BiConsumer<ClientChannel, RequestBatch> node, int group, String text) {
    return command(node, group, text, 0);
  }

  long command(
      BiConsumer<ClientChannel, RequestBatch> node, int group, String text, int timeoutMillis) {
    long id = nextId();
    send(
        node,
        Request.newBuilder()
            .setId(id)
            .setGroup(group)
            .setCommand(ByteString.copyFromUtf8(text))
            .setTimeoutMillis(timeoutMillis)
            .build());
    return id;
  }

  long query(BiConsumer<ClientChannel, RequestBatch> node, int group, String text) {
    return query(node, group, text, ReadConsistency.READ_CONSISTENCY_UNSPECIFIED, 0);
  }

  long query(
      BiConsumer<ClientChannel, RequestBatch> node,
      int group,
      String text,
      ReadConsistency consistency,
      int timeoutMillis) {
    long id = nextId();
    send(
        node,
        Request.newBuilder()
            .setId(id)
            .setGroup(group)
            .setQuery(ByteString.copyFromUtf8(text))
            .setConsistency(consistency)
            .setTimeoutMillis(timeoutMillis)
            .build());
    return id;
  }

  void send(BiConsumer<ClientChannel, RequestBatch> node, Request... requests) {
    node.accept(this, RequestBatch.newBuilder().addAllRequests(List.of(requests)).build());
  }
}
