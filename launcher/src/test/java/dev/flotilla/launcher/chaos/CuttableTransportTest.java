package dev.flotilla.launcher.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.raft.v1.BulkMessage;
import dev.flotilla.proto.raft.v1.MessageBatch;
import dev.flotilla.raft.env.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CuttableTransportTest {
  private final Line line = new Line();
  private final CuttableTransport transport = new CuttableTransport(line);
  private final List<String> heard = new ArrayList<>();

  @BeforeEach
  void start() {
    transport.start(
        new Transport.Receiver() {
          @Override
          public void onMessages(int fromNode, MessageBatch batch) {
            heard.add("messages " + fromNode);
          }

          @Override
          public void onBulk(int fromNode, BulkMessage message) {
            heard.add("bulk " + fromNode);
          }

          @Override
          public void onPeerConnected(int node) {
            heard.add("connected " + node);
          }

          @Override
          public void onPeerDisconnected(int node) {
            heard.add("disconnected " + node);
          }
        });
  }

  private void everythingPassesOnce() {
    for (int node : List.of(2, 3)) {
      transport.send(node, MessageBatch.getDefaultInstance());
      transport.sendBulk(node, BulkMessage.getDefaultInstance());
      line.receiver.onMessages(node, MessageBatch.getDefaultInstance());
      line.receiver.onBulk(node, BulkMessage.getDefaultInstance());
    }
  }

  @Test
  void whatIsNotCutPasses() {
    everythingPassesOnce();
    assertThat(line.sent).containsExactly("messages 2", "bulk 2", "messages 3", "bulk 3");
    assertThat(heard).containsExactly("messages 2", "bulk 2", "messages 3", "bulk 3");
  }

  @Test
  void nothingPassesToOrFromThoseItIsCutOffFrom() {
    transport.cutOff(Set.of(3));
    everythingPassesOnce();
    assertThat(line.sent).containsExactly("messages 2", "bulk 2");
    assertThat(heard).containsExactly("messages 2", "bulk 2");
    assertThat(transport.sendBulk(3, BulkMessage.getDefaultInstance())).isFalse();
  }

  @Test
  void cutOffFromEverybodyItIsAloneUntilItIsHealed() {
    transport.cutOff();
    everythingPassesOnce();
    assertThat(line.sent).isEmpty();
    assertThat(heard).isEmpty();
    transport.heal();
    everythingPassesOnce();
    assertThat(line.sent).hasSize(4);
    assertThat(heard).hasSize(4);
  }

  /** A network in which everything arrives. */
  private static final class Line implements Transport {
    final List<String> sent = new ArrayList<>();
    Receiver receiver = new Deaf();

    @Override
    public void start(Receiver to) {
      receiver = to;
    }

    @Override
    public void send(int toNode, MessageBatch batch) {
      sent.add("messages " + toNode);
    }

    @Override
    public boolean sendBulk(int toNode, BulkMessage message) {
      sent.add("bulk " + toNode);
      return true;
    }

    @Override
    public void close() {}
  }

  private static final class Deaf implements Transport.Receiver {
    @Override
    public void onMessages(int fromNode, MessageBatch batch) {}

    @Override
    public void onBulk(int fromNode, BulkMessage message) {}

    @Override
    public void onPeerConnected(int node) {}

    @Override
    public void onPeerDisconnected(int node) {}
  }
}
