package dev.flotilla.bench.http;

import dev.flotilla.bench.door.Operation;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the form door for one caller that waits for each answer. After a failed call
 * the next one connects anew. Not safe for several threads.
 */
public final class FormCall implements AutoCloseable {

  private static final int INITIAL_BUFFER_BYTES = 4 << 10;
  private static final int MAX_ANSWER_BYTES = 8 << 20;

  private final InetSocketAddress server;
  private final int timeoutMillis;
  private final FormDialect dialect;
  private final ByteWriter request = new ByteWriter(INITIAL_BUFFER_BYTES);
  private final HttpAnswer answer = new HttpAnswer();
  private byte[] buffer = new byte[INITIAL_BUFFER_BYTES];
  private @Nullable Socket socket;

  /**
   * @param timeoutMillis for connecting and for each wait for bytes
   */
  public FormCall(InetSocketAddress server, int timeoutMillis) {
    this.server = server;
    this.timeoutMillis = timeoutMillis;
    this.dialect = new FormDialect(server.getHostString() + ":" + server.getPort());
  }

  /**
   * Sends the operation and waits for its answer, whatever that says.
   *
   * @param headers further header lines, each with its CR LF in front
   * @throws IOException when no answer came; the operation may or may not have happened
   */
  public FormReply call(Operation operation, String headers) throws IOException {
    dialect.encode(operation, headers, request.clear());
    try {
      Socket open = connected();
      open.getOutputStream().write(request.toBytes());
      readAnswer(open.getInputStream());
    } catch (IOException e) {
      close();
      throw e;
    }
    if (!answer.keepAlive()) {
      close();
    }
    return new FormReply(
        answer.status(),
        answer.body(buffer),
        answer.groupName(buffer),
        answer.term(),
        answer.revision());
  }

  @Override
  public void close() {
    Socket open = socket;
    socket = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        // The connection is given up either way, and nothing was promised about its last bytes.
      }
    }
  }

  private Socket connected() throws IOException {
    Socket open = socket;
    if (open == null) {
      open = new Socket();
      socket = open;
      open.setTcpNoDelay(true);
      open.setSoTimeout(timeoutMillis);
      open.connect(server, timeoutMillis);
    }
    return open;
  }

  private void readAnswer(InputStream in) throws IOException {
    int length = 0;
    do {
      if (length == buffer.length) {
        if (length >= MAX_ANSWER_BYTES) {
          throw new MalformedAnswerException("answer of more than " + MAX_ANSWER_BYTES + " bytes");
        }
        buffer = Arrays.copyOf(buffer, 2 * length);
      }
      int count = in.read(buffer, length, buffer.length - length);
      if (count < 0) {
        throw new EOFException("connection closed by the server");
      }
      length += count;
    } while (!answer.parse(buffer, length));
  }
}
