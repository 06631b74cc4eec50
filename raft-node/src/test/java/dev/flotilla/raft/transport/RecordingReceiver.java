package dev.flotilla.raft.transport;

import dev.flotilla.proto.raft.v1.BulkMessage;
import dev.flotilla.proto.raft.v1.MessageBatch;
import dev.flotilla.proto.raft.v1.RaftMessage;
import dev.flotilla.raft.env.Transport;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what a transport delivers, in order, as a log of events. */
public final class RecordingReceiver implements Transport.Receiver {

  /** Something that was delivered. */
  public sealed interface Event {
    int from();

    record Connected(int from) implements Event {}

    record Disconnected(int from) implements Event {}

    record Message(int from, RaftMessage message) implements Event {}

    record Bulk(int from, BulkMessage message) implements Event {}
  }

  private final List<Event> events = new CopyOnWriteArrayList<>();

  @Override
  public void onMessages(int fromNode, MessageBatch batch) {
    batch.getMessagesList().forEach(m -> events.add(new Event.Message(fromNode, m)));
  }

  @Override
  public void onBulk(int fromNode, BulkMessage message) {
    events.add(new Event.Bulk(fromNode, message));
  }

  @Override
  public void onPeerConnected(int node) {
    events.add(new Event.Connected(node));
  }

  @Override
  public void onPeerDisconnected(int node) {
    events.add(new Event.Disconnected(node));
  }

  public List<Event> events() {
    return List.copyOf(events);
  }

  public List<Event> eventsFrom(int node) {
    return events.stream().filter(e -> e.from() == node).toList();
  }

  public List<RaftMessage> messagesFrom(int node) {
    return events.stream()
        .filter(e -> e.from() == node && e instanceof Event.Message)
        .map(e -> ((Event.Message) e).message())
        .toList();
  }

  public List<BulkMessage> bulkFrom(int node) {
    return events.stream()
        .filter(e -> e.from() == node && e instanceof Event.Bulk)
        .map(e -> ((Event.Bulk) e).message())
        .toList();
  }

  /** Whether the last thing told about the node's connection is that it stands. */
  public boolean isConnectedTo(int node) {
    return count(new Event.Connected(node)) > count(new Event.Disconnected(node));
  }

  public long count(Event event) {
    return events.stream().filter(event::equals).count();
  }
}
