package dev.flotilla.simulation.world;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.flotilla.proto.raft.v1.BulkMessage;
import dev.flotilla.proto.raft.v1.MessageBatch;
import dev.flotilla.raft.env.Transport;
import dev.flotilla.simulation.world.SimulatedNetwork.Lane;
import org.jspecify.annotations.Nullable;

/** One life's place on the network. Bytes cross it, not objects. */
final class NodePort implements Transport {
  private final World world;
  private final Host host;
  private final int life;
  private @Nullable Receiver receiver;

  NodePort(World world, Host host, int life) {
    this.world = world;
    this.host = host;
    this.life = life;
  }

  @Override
  public void start(Receiver target) {
    receiver = target;
  }

  /** Null before the start and after the end of this life. */
  @Nullable Receiver receiver() {
    return host.isLiving(life) ? receiver : null;
  }

  @Override
  public void send(int toNode, MessageBatch batch) {
    if (!host.isLiving(life)) {
      return;
    }
    host.look(() -> world.watch().sending(host, toNode, batch));
    byte[] bytes = batch.toByteArray();
    send(
        toNode,
        Lane.RAFT,
        () -> {
          Receiver target = world.host(toNode).receiver();
          if (target != null) {
            MessageBatch arrived = parsed(MessageBatch.parser(), bytes);
            world.watch().arriving(world.host(toNode), arrived);
            target.onMessages(host.id(), arrived);
          }
        });
  }

  private void send(int toNode, Lane lane, Runnable delivery) {
    host.afterWaiting(life, () -> world.network().send(host.id(), toNode, lane, delivery));
  }

  @Override
  public boolean sendBulk(int toNode, BulkMessage message) {
    if (!host.isLiving(life)) {
      return false;
    }
    world.watch().sendingBulk(host, toNode, message);
    byte[] bytes = message.toByteArray();
    send(
        toNode,
        Lane.BULK,
        () -> {
          Receiver target = world.host(toNode).receiver();
          if (target != null) {
            target.onBulk(host.id(), parsed(BulkMessage.parser(), bytes));
          }
        });
    return true;
  }

  private static <T> T parsed(com.google.protobuf.Parser<T> parser, byte[] bytes) {
    try {
      return parser.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("what was sent cannot be read", e);
    }
  }

  @Override
  public void close() {
    receiver = null;
  }
}
