package dev.flotilla.launcher.logs;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Several logs read as one, by time. */
public final class LogSession implements Closeable {
  /** What the lines of one look at all logs may take. */
  private static final long MOST_BYTES = 32L << 20;

  private static final long LEAST_BYTES = 64L << 10;

  /** New logs are looked for at every so many polls. */
  private static final int POLLS_PER_LISTING = 10;

  private final Listing listing;
  private final Predicate<String> wanted;
  private final Map<Path, LogReader> readers = new LinkedHashMap<>();
  private int polls;

  /** Which logs there are at the moment. */
  public interface Listing {
    List<LogDirectory.Source> sources() throws IOException;
  }

  /**
   * @param wanted the lines to give; others are passed over
   */
  public LogSession(Listing listing, Predicate<String> wanted) {
    this.listing = listing;
    this.wanted = wanted;
  }

  /**
   * The end of all logs together.
   *
   * @param isCut whether fewer lines are given than were wanted, for want of memory
   */
  public record Tail(List<LogLine> lines, boolean isCut) {}

  /**
   * The last lines; call once, before {@link #poll}.
   *
   * @param toBeFollowed whether {@link #poll} goes on from here
   */
  public Tail tail(int mostLines, boolean toBeFollowed) throws IOException {
    List<LogDirectory.Source> sources = listing.sources();
    long mostBytes = Math.max(LEAST_BYTES, MOST_BYTES / Math.max(1, sources.size()));
    List<List<LogLine>> tails = new ArrayList<>();
    boolean isCut = false;
    for (LogDirectory.Source source : sources) {
      LogReader reader = new LogReader(source, wanted);
      readers.put(source.file(), reader);
      LogReader.Tail tail = reader.tail(mostLines, mostBytes, toBeFollowed);
      tails.add(tail.lines());
      isCut |= tail.isCut();
    }
    List<LogLine> merged = LogMerge.merge(tails);
    int from = Math.max(0, merged.size() - mostLines);
    return new Tail(
        List.copyOf(merged.subList(from, merged.size())), isCut && merged.size() < mostLines);
  }

  /** What was added to any of them since, and to new ones from their beginning. */
  public List<LogLine> poll() throws IOException {
    polls++;
    if (polls % POLLS_PER_LISTING == 0) {
      for (LogDirectory.Source source : listing.sources()) {
        readers.computeIfAbsent(source.file(), file -> new LogReader(source, wanted));
      }
    }
    List<List<LogLine>> news = new ArrayList<>();
    for (LogReader reader : readers.values()) {
      news.add(reader.poll());
    }
    return LogMerge.merge(news);
  }

  /** Whether lines of more than one log may come. */
  public boolean isMixed() {
    return readers.size() > 1;
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (LogReader reader : readers.values()) {
      try {
        reader.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
