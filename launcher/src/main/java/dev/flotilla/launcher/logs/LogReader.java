package dev.flotilla.launcher.logs;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One log: its last lines, and then what is added to it, through the change to a new file when the
 * old one is full. Holds no more in memory than it is told to.
 */
final class LogReader implements Closeable {
  private static final int MOST_POLLED_BYTES = 64 << 10;

  private final LogDirectory.Source source;
  private final Predicate<String> wanted;
  private final ByteBuffer buffer = ByteBuffer.allocate(MOST_POLLED_BYTES);

  /** A line whose end has not been written yet. */
  private final ByteArrayOutputStream begun = new ByteArrayOutputStream();

  private @Nullable OpenLog file;

  /** What has been read, in the file. */
  private long position;

  private Instant last = Instant.MIN;

  /**
   * @param wanted the lines to give; others are passed over
   */
  LogReader(LogDirectory.Source source, Predicate<String> wanted) {
    this.source = source;
    this.wanted = wanted;
  }

  /**
   * The end of a log.
   *
   * @param isCut whether there are more lines that were wanted, but no room for them
   */
  record Tail(List<LogLine> lines, boolean isCut) {}

  /**
   * The last lines, from older files too.
   *
   * @param mostLines how many are wanted
   * @param mostBytes how much memory they may take, roughly
   * @param toBeFollowed whether {@link #poll} goes on from here: a line that is only half written
   *     is left to it
   */
  Tail tail(int mostLines, long mostBytes, boolean toBeFollowed) throws IOException {
    Collected collected = new Collected(mostLines, mostBytes);
    Optional<OpenLog> newest = OpenLog.open(source.file());
    if (newest.isPresent()) {
      OpenLog opened = newest.get();
      file = opened;
      position = toBeFollowed ? lastLineEnd(opened) : opened.size();
      collected.add(opened, position);
    }
    List<Path> files = source.newestFirst();
    for (int i = 1; i < files.size() && !collected.isFull(); i++) {
      Optional<OpenLog> older = OpenLog.open(files.get(i));
      if (older.isPresent()) {
        try (OpenLog opened = older.get()) {
          if (newest.isEmpty() || !opened.isSameAs(newest.get())) {
            collected.add(opened, opened.size());
          }
        }
      }
    }
    List<LogLine> lines = collected.lines();
    if (!lines.isEmpty()) {
      last = lines.getLast().at();
    }
    return new Tail(lines, collected.isCut);
  }

  /** Where the last line that is complete ends. */
  private static long lastLineEnd(OpenLog file) throws IOException {
    long size = file.size();
    ByteBuffer chunk = ByteBuffer.allocate(MOST_POLLED_BYTES);
    long end = size;
    while (end > 0 && size - end < BackwardLines.MOST_LINE_BYTES) {
      int length = (int) Math.min(chunk.capacity(), end);
      chunk.clear().limit(length);
      int read = file.read(chunk, end - length);
      for (int at = read - 1; at >= 0; at--) {
        if (chunk.get(at) == '\n') {
          return end - length + at + 1;
        }
      }
      end -= length;
    }
    return end == 0 ? 0 : size;
  }

  /** Gathers lines from the last to the first. */
  private final class Collected {
    private final int mostLines;
    private final long mostBytes;
    private final Deque<LogLine> found = new ArrayDeque<>();

    /** Those whose time is that of a line before them. */
    private final Deque<String> untimed = new ArrayDeque<>();

    private long bytes;
    private boolean isCut;

    Collected(int mostLines, long mostBytes) {
      this.mostLines = mostLines;
      this.mostBytes = mostBytes;
    }

    boolean isFull() {
      return isCut || found.size() + untimed.size() >= mostLines;
    }

    void add(OpenLog log, long end) throws IOException {
      BackwardLines lines = new BackwardLines(log, end);
      while (!isFull()) {
        Optional<String> next = lines.next();
        if (next.isEmpty()) {
          return;
        }
        add(next.get());
      }
    }

    private void add(String line) {
      boolean isWanted = wanted.test(line);
      if (isWanted) {
        bytes += 2L * line.length();
        untimed.addFirst(line);
      }
      if (isWanted || !untimed.isEmpty()) {
        Timestamps.timeOf(line).ifPresent(this::settle);
      }
      isCut = bytes > mostBytes;
    }

    /** Gives all those that wait for one this time. */
    private void settle(Instant at) {
      while (!untimed.isEmpty()) {
        found.addFirst(new LogLine(source.name(), at, untimed.removeLast()));
      }
    }

    List<LogLine> lines() {
      settle(Instant.MIN);
      return List.copyOf(found);
    }
  }

  /** What was added since. Reads a bounded piece; the rest is there at the next call. */
  List<LogLine> poll() throws IOException {
    OpenLog opened = file;
    if (opened == null) {
      Optional<OpenLog> found = OpenLog.open(source.file());
      if (found.isEmpty()) {
        return List.of();
      }
      opened = found.get();
      file = opened;
      position = 0;
    }
    // Asked before reading: what the old file got before it was replaced is read first.
    boolean isReplaced = opened.isReplaced();
    buffer.clear();
    int read = opened.read(buffer, position);
    position += read;
    List<LogLine> lines = new ArrayList<>();
    for (int at = 0; at < read; at++) {
      byte next = buffer.get(at);
      if (next == '\n' || begun.size() == BackwardLines.MOST_LINE_BYTES) {
        end(lines);
      }
      if (next != '\n') {
        begun.write(next);
      }
    }
    if (read < buffer.capacity() && isReplaced) {
      if (begun.size() > 0) {
        end(lines);
      }
      opened.close();
      file = null; // the next call opens the new one
    } else if (read == 0 && opened.size() < position) {
      position = 0; // emptied by hand
      begun.reset();
    }
    return lines;
  }

  /** The line that was begun is complete. */
  private void end(List<LogLine> lines) {
    String line = BackwardLines.text(begun.toByteArray());
    begun.reset();
    last = Timestamps.timeOf(line).orElse(last);
    if (wanted.test(line)) {
      lines.add(new LogLine(source.name(), last, line));
    }
  }

  @Override
  public void close() throws IOException {
    OpenLog opened = file;
    file = null;
    if (opened != null) {
      opened.close();
    }
  }
}
