package dev.flotilla.launcher.commands;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/** Lines of bytes, one after the other, none of them larger than allowed in memory. */
final class BatchLines implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 << 10;

  private final InputStream in;
  private final int mostBytes;
  private byte[] line = new byte[BUFFER_BYTES];
  private long number;

  /**
   * @param mostBytes of a line, without its end
   */
  BatchLines(InputStream in, int mostBytes) {
    this.in = new BufferedInputStream(in, BUFFER_BYTES);
    this.mostBytes = mostBytes;
  }

  /**
   * A line.
   *
   * @param number from 1
   * @param bytes without LF or CR LF; empty when it is too long
   */
  record Line(long number, byte[] bytes, boolean tooLong) {}

  /** Empty at the end. The last line needs no end of its own. */
  Optional<Line> next() throws IOException {
    int length = 0;
    boolean any = false;
    boolean tooLong = false;
    int read = in.read();
    while (read >= 0 && read != '\n') {
      any = true;
      if (length == mostBytes) {
        tooLong = true;
      } else {
        if (length == line.length) {
          line = Arrays.copyOf(line, (int) Math.min(mostBytes, length * 2L));
        }
        line[length++] = (byte) read;
      }
      read = in.read();
    }
    if (read < 0 && !any) {
      return Optional.empty();
    }
    number++;
    if (tooLong) {
      return Optional.of(new Line(number, new byte[0], true));
    }
    if (length > 0 && line[length - 1] == '\r') {
      length--;
    }
    return Optional.of(new Line(number, Arrays.copyOf(line, length), false));
  }

  /** How many lines have been read. */
  long number() {
    return number;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
