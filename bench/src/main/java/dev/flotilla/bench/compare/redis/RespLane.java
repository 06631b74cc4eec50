package dev.flotilla.bench.compare.redis;

import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.Operation;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** One connection and the command that is on it. */
final class RespLane {

  private final int number;
  private final SocketChannel channel;
  private final SelectionKey key;
  private final RespCodec codec = new RespCodec();
  private @Nullable Operation operation;
  private @Nullable Failure failure;
  private @Nullable IOException broken;
  private long startedNanos;

  RespLane(int number, Selector selector, InetSocketAddress server) throws IOException {
    this.number = number;
    this.channel = SocketChannel.open(server);
    try {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      this.key = channel.register(selector, SelectionKey.OP_READ, this);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  int number() {
    return number;
  }

  long startedNanos() {
    return startedNanos;
  }

  boolean isWaiting() {
    return operation != null;
  }

  Operation operation() {
    Operation current = operation;
    if (current == null) {
      throw new IllegalStateException("lane " + number + " has no operation outstanding");
    }
    return current;
  }

  void start(Operation next, long now) {
    if (operation != null) {
      throw new IllegalStateException("lane " + number + " has an operation outstanding");
    }
    operation = next;
    startedNanos = now;
    try {
      write(codec.encode(next));
    } catch (IOException e) {
      // Told at the next poll, where a broken door is to be told.
      broken = e;
    }
  }

  void rethrow() throws IOException {
    IOException cause = broken;
    if (cause != null) {
      throw cause;
    }
  }

  /** Goes on with what the socket is ready for; whether the answer is complete. */
  boolean ready(SelectionKey selected) throws IOException {
    if (selected.isWritable()) {
      write(codec.unsent());
    }
    if (!selected.isReadable()) {
      return false;
    }
    int count = channel.read(codec.room());
    if (count < 0) {
      throw new EOFException("Redis closed a connection");
    }
    return codec.isComplete();
  }

  /** Ends the command; null when its answer was right. */
  @Nullable Failure finish() throws IllegalStateException {
    failure = codec.judge(operation());
    operation = null;
    return failure;
  }

  void close() throws IOException {
    channel.close();
  }

  private void write(ByteBuffer rest) throws IOException {
    channel.write(rest);
    int wanted =
        rest.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ;
    if (key.interestOps() != wanted) {
      key.interestOps(wanted);
    }
  }
}
