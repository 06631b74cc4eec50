package dev.flotilla.launcher.chaos;

import dev.flotilla.proto.raft.v1.BulkMessage;
import dev.flotilla.proto.raft.v1.MessageBatch;
import dev.flotilla.raft.env.Transport;
import java.util.Set;
import java.util.SortedMap;

/**
 * A transport that can be cut off from some peers, or all: nothing goes to them and nothing comes
 * from them, as if the network between were gone. Raft is told nothing of it. Clients still reach
 * the node.
 */
public final class CuttableTransport implements Transport {
  /** Whom nothing passes to or from. */
  private sealed interface Cut {
    boolean hides(int node);

    record From(Set<Integer> nodes) implements Cut {
      @Override
      public boolean hides(int node) {
        return nodes.contains(node);
      }
    }

    record FromEverybody() implements Cut {
      @Override
      public boolean hides(int node) {
        return true;
      }
    }
  }

  private static final Cut NONE = new Cut.From(Set.of());

  private final Transport network;
  private volatile Cut cut = NONE;

  public CuttableTransport(Transport network) {
    this.network = network;
  }

  /** From now on nothing passes between this node and any other. */
  public void cutOff() {
    cut = new Cut.FromEverybody();
  }

  /** From now on nothing passes between this node and these. */
  public void cutOff(Set<Integer> nodes) {
    cut = new Cut.From(Set.copyOf(nodes));
  }

  public void heal() {
    cut = NONE;
  }

  @Override
  public void start(Receiver receiver) {
    network.start(new Filter(receiver));
  }

  @Override
  public void connect(SortedMap<Integer, String> peers) {
    network.connect(peers);
  }

  @Override
  public void send(int toNode, MessageBatch batch) {
    if (!cut.hides(toNode)) {
      network.send(toNode, batch);
    }
  }

  @Override
  public boolean sendBulk(int toNode, BulkMessage message) {
    return !cut.hides(toNode) && network.sendBulk(toNode, message);
  }

  @Override
  public void close() {
    network.close();
  }

  /** A message that was under way when the line was cut is lost with it. */
  private final class Filter implements Receiver {
    private final Receiver node;

    Filter(Receiver node) {
      this.node = node;
    }

    @Override
    public void onMessages(int fromNode, MessageBatch batch) {
      if (!cut.hides(fromNode)) {
        node.onMessages(fromNode, batch);
      }
    }

    @Override
    public void onBulk(int fromNode, BulkMessage message) {
      if (!cut.hides(fromNode)) {
        node.onBulk(fromNode, message);
      }
    }

    @Override
    public void onPeerConnected(int peer) {
      node.onPeerConnected(peer);
    }

    @Override
    public void onPeerDisconnected(int peer) {
      node.onPeerDisconnected(peer);
    }
  }
}
