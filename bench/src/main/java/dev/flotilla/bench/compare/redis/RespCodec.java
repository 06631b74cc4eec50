package dev.flotilla.bench.compare.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.Operation;
import dev.flotilla.bench.door.Outcome;
import dev.flotilla.bench.http.ByteWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One command at a time in RESP 2, and its answer. */
final class RespCodec {

  private static final int INITIAL_BYTES = 1 << 10;
  private static final int MAX_BYTES = 8 << 20;
  private static final byte[] SET = ascii("*3\r\n$3\r\nSET\r\n");
  private static final byte[] GET = ascii("*2\r\n$3\r\nGET\r\n");
  private static final byte[] LENGTH = ascii("$");
  private static final byte[] END = ascii("\r\n");
  private static final String DONE = "+OK";

  private final ByteWriter command = new ByteWriter(INITIAL_BYTES);
  private ByteBuffer unsent = command.view();
  private ByteBuffer answer = ByteBuffer.allocate(INITIAL_BYTES);

  /** The command's bytes, also those that {@link #unsent} then gives. */
  ByteBuffer encode(Operation operation) {
    command.clear();
    switch (operation) {
      case Operation.Set set -> argument(argument(command.append(SET), set.key()), set.value());
      case Operation.Get get -> argument(command.append(GET), get.key());
      case Operation.SetIf _, Operation.Delete _, Operation.Scan _ ->
          throw new IllegalArgumentException("a comparison only sets and gets");
    }
    answer.clear();
    unsent = command.view();
    return unsent;
  }

  ByteBuffer unsent() {
    return unsent;
  }

  /** Where the answer's next bytes go. */
  ByteBuffer room() throws IOException {
    if (!answer.hasRemaining()) {
      if (answer.capacity() >= MAX_BYTES) {
        throw new IOException("an answer of more than " + MAX_BYTES + " bytes");
      }
      answer = ByteBuffer.allocate(2 * answer.capacity()).put(answer.flip());
    }
    return answer;
  }

  boolean isComplete() throws IOException {
    int line = endOfLine();
    if (line < 0) {
      return false;
    }
    int length = answer.get(0) == '$' ? bulkLength(line) : -1;
    return length < 0 || answer.position() >= line + 2 + length + 2;
  }

  /** Judges a complete answer; null when it is right. */
  @Nullable Failure judge(Operation operation) {
    int line = endOfLine();
    byte[] bytes = answer.array();
    if (bytes[0] == '-') {
      return new Failure("REDIS_ERROR", Outcome.UNKNOWN, text(1, line));
    }
    return switch (operation) {
      case Operation.Set _ -> text(0, line).equals(DONE) ? null : mismatch(line);
      case Operation.Get get -> {
        int from = line + 2;
        // Also what says that there is no such key ends here: its length is -1.
        boolean present = bytes[0] == '$' && bytes[1] != '-';
        yield present
            ? get.judge(Arrays.copyOfRange(bytes, from, answer.position() - 2))
            : mismatch(line);
      }
      case Operation.SetIf _, Operation.Delete _, Operation.Scan _ -> mismatch(line);
    };
  }

  private static ByteWriter argument(ByteWriter out, byte[] bytes) {
    return out.append(LENGTH).appendNumber(bytes.length).append(END).append(bytes).append(END);
  }

  private Failure mismatch(int line) {
    return new Failure("MISMATCH", Outcome.WRONG, text(0, line));
  }

  private int bulkLength(int line) throws IOException {
    try {
      return Integer.parseInt(text(1, line));
    } catch (NumberFormatException e) {
      throw new IOException("not an answer of Redis: " + text(0, line), e);
    }
  }

  private String text(int from, int to) {
    return new String(answer.array(), from, to - from, US_ASCII);
  }

  /** Offset of the first line's CR LF; -1 while it has not come. */
  private int endOfLine() {
    byte[] bytes = answer.array();
    for (int i = 0; i + 1 < answer.position(); i++) {
      if (bytes[i] == '\r' && bytes[i + 1] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }
}
