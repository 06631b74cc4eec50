package dev.flotilla.launcher.logs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** The lines of a file from the last to the first, without reading more of it than is asked for. */
final class BackwardLines {
  private static final int CHUNK_BYTES = 64 << 10;

  /** A longer line comes in pieces. */
  static final int MOST_LINE_BYTES = 1 << 20;

  private final OpenLog file;
  private final byte[] chunk = new byte[CHUNK_BYTES];

  /** Where the chunk begins in the file. */
  private long position;

  /** The chunk's bytes from here on have been dealt with. */
  private int left;

  /** What has been read of the line whose beginning stands further ahead. */
  private byte[] rest = new byte[0];

  private boolean done;

  /**
   * @param end the first byte that does not count; a line end before it ends the last line
   */
  BackwardLines(OpenLog file, long end) throws IOException {
    this.file = file;
    this.position = end;
    this.done = end == 0;
    if (!done && byteAt(end - 1) == '\n') {
      position = end - 1;
    }
  }

  private byte byteAt(long at) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    return file.read(one, at) == 1 ? one.get(0) : 0;
  }

  /** The line before; empty before the first. */
  Optional<String> next() throws IOException {
    while (!done) {
      for (int at = left - 1; at >= 0; at--) {
        if (chunk[at] == '\n') {
          byte[] line = joined(at + 1);
          left = at;
          rest = new byte[0];
          return Optional.of(text(line));
        }
      }
      rest = joined(0);
      left = 0;
      if (position == 0) {
        done = true;
        return Optional.of(text(rest));
      }
      if (rest.length >= MOST_LINE_BYTES) {
        byte[] piece = rest;
        rest = new byte[0];
        return Optional.of(text(piece));
      }
      load();
    }
    return Optional.empty();
  }

  private void load() throws IOException {
    int length = (int) Math.min(CHUNK_BYTES, position);
    position -= length;
    left = file.read(ByteBuffer.wrap(chunk, 0, length), position);
    if (left < length) {
      done = true; // it was cut shorter under our eyes
    }
  }

  /** The chunk from there on, and what follows it. */
  private byte[] joined(int from) {
    byte[] line = Arrays.copyOf(Arrays.copyOfRange(chunk, from, left), left - from + rest.length);
    System.arraycopy(rest, 0, line, left - from, rest.length);
    return line;
  }

  static String text(byte[] line) {
    int length = line.length > 0 && line[line.length - 1] == '\r' ? line.length - 1 : line.length;
    return new String(line, 0, length, StandardCharsets.UTF_8);
  }
}
