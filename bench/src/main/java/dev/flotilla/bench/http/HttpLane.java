package dev.flotilla.bench.http;

import dev.flotilla.bench.door.Operation;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One keep-alive connection and the request that is on it. Owned by one {@link HttpDoor}, which
 * tells it what the selector saw.
 */
final class HttpLane {

  private static final int INITIAL_BUFFER_BYTES = 4 << 10;

  private final int number;
  private final Selector selector;
  private final InetSocketAddress server;
  private final int maxAnswerBytes;
  private final ByteWriter request = new ByteWriter(INITIAL_BUFFER_BYTES);

  private @Nullable SocketChannel channel;
  private @Nullable SelectionKey key;
  // The part of the request that the socket has not taken yet; null once it has all of it.
  private @Nullable ByteBuffer unsent;
  private byte[] answer = new byte[INITIAL_BUFFER_BYTES];
  private ByteBuffer answerView = ByteBuffer.wrap(answer);

  private @Nullable Operation operation;
  private long deadlineNanos;
  // Not before this time is a connection tried again when the last one brought no answer.
  private long connectAtNanos;
  private int fruitlessInARow;
  private boolean answeredSinceConnect;
  private boolean waitsToConnect;
  private int connects;

  HttpLane(int number, Selector selector, InetSocketAddress server, int maxAnswerBytes) {
    this.number = number;
    this.selector = selector;
    this.server = server;
    this.maxAnswerBytes = maxAnswerBytes;
  }

  int number() {
    return number;
  }

  @Nullable Operation operation() {
    return operation;
  }

  long deadlineNanos() {
    return deadlineNanos;
  }

  int connects() {
    return connects;
  }

  /** Writes the request, or as much of it as the socket takes; connects first where needed. */
  void start(Operation next, HttpDialect dialect, long now, long timeoutNanos) throws IOException {
    operation = next;
    deadlineNanos = now + timeoutNanos;
    dialect.encode(next, request.clear());
    unsent = request.view();
    answerView.clear();
    if (channel != null) {
      flush();
    } else {
      connect(now);
    }
  }

  /** Tries the connection again that had to wait; to be called now and then. */
  void retryConnect(long now) throws IOException {
    if (waitsToConnect) {
      connect(now);
    }
  }

  boolean waitsToConnect() {
    return waitsToConnect;
  }

  void finishConnect() throws IOException {
    SocketChannel connecting = channel;
    if (connecting == null) {
      return;
    }
    connecting.finishConnect();
    connected();
  }

  /** Sends what is left of the request. */
  void flush() throws IOException {
    SocketChannel open = channel;
    ByteBuffer rest = unsent;
    if (open == null || rest == null) {
      return;
    }
    open.write(rest);
    if (rest.hasRemaining()) {
      interest(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    } else {
      unsent = null;
      interest(SelectionKey.OP_READ);
    }
  }

  /**
   * Reads what is there.
   *
   * @return whether the answer is complete and parsed
   * @throws IOException when the connection is at its end or the answer not understood
   */
  boolean read(HttpAnswer parser) throws IOException {
    SocketChannel open = channel;
    if (open == null) {
      return false;
    }
    if (!answerView.hasRemaining()) {
      grow();
    }
    int count = open.read(answerView);
    if (count < 0) {
      throw new EOFException("connection closed by the server");
    }
    if (operation == null) {
      throw new MalformedAnswerException("answer to no request");
    }
    if (!parser.parse(answer, answerView.position())) {
      return false;
    }
    answeredSinceConnect = true;
    fruitlessInARow = 0;
    return true;
  }

  byte[] answerBytes() {
    return answer;
  }

  /** Ends the request; the lane may be given another. */
  @Nullable Operation finish() {
    Operation finished = operation;
    operation = null;
    unsent = null;
    waitsToConnect = false;
    return finished;
  }

  /** Whether the connection, if there is one, has not carried an answer yet. */
  boolean isFruitless() {
    return !answeredSinceConnect;
  }

  /** A connection came to nothing: the next one waits, twice as long each time. */
  void holdBack(long now, long firstPauseNanos, long maxPauseNanos) {
    long pause = firstPauseNanos << Math.min(fruitlessInARow, 16);
    connectAtNanos = now + Math.min(pause, maxPauseNanos);
    fruitlessInARow++;
  }

  boolean isConnecting() {
    SocketChannel open = channel;
    return open != null && !open.isConnected();
  }

  void disconnect() {
    SocketChannel open = channel;
    channel = null;
    key = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        // The connection is given up either way, and nothing was promised about its last bytes.
      }
    }
  }

  private void connect(long now) throws IOException {
    if (fruitlessInARow > 0 && now - connectAtNanos < 0) {
      waitsToConnect = true;
      return;
    }
    waitsToConnect = false;
    answeredSinceConnect = false;
    SocketChannel opened = SocketChannel.open();
    channel = opened;
    opened.configureBlocking(false);
    opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
    key = opened.register(selector, SelectionKey.OP_CONNECT, this);
    if (opened.connect(server)) {
      connected();
    }
  }

  private void connected() throws IOException {
    connects++;
    interest(SelectionKey.OP_READ);
    flush();
  }

  private void interest(int operations) {
    SelectionKey registered = key;
    if (registered != null && registered.interestOps() != operations) {
      registered.interestOps(operations);
    }
  }

  private void grow() throws IOException {
    if (answer.length >= maxAnswerBytes) {
      throw new MalformedAnswerException("answer of more than " + maxAnswerBytes + " bytes");
    }
    int filled = answerView.position();
    answer = Arrays.copyOf(answer, (int) Math.min(2L * answer.length, maxAnswerBytes));
    answerView = ByteBuffer.wrap(answer);
    answerView.position(filled);
  }
}
