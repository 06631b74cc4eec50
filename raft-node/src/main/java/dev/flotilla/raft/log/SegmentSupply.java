package dev.flotilla.raft.log;

import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.DiskFile;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes segments before they are needed and deletes them when they no longer are, in the
 * background. At most one segment is made at a time.
 */
final class SegmentSupply {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentSupply.class);

  private final Disk disk;
  private final String directory;
  private final LogIdentity identity;
  private final BackgroundWork background;
  private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();

  /** Whether preparing failed the last time, and was reported. Belongs to the background. */
  private boolean struggling;

  private @Nullable CompletableFuture<Optional<Segment>> preparing;
  private CompletableFuture<Boolean> lastRetired = CompletableFuture.completedFuture(true);

  SegmentSupply(Disk disk, String directory, LogIdentity identity, BackgroundWork background) {
    this.disk = disk;
    this.directory = directory;
    this.identity = identity;
    this.background = background;
  }

  /** Makes a segment now: durable header, zeros up to {@code allocated} bytes, durable name. */
  Segment create(long sequence, long allocated) throws IOException {
    String path = directory + "/" + LogFormat.segmentName(sequence);
    DiskFile file = stage(path, sequence, allocated);
    try {
      publish(path, file);
    } catch (IOException e) {
      closeAfter(file, e);
      throw e;
    }
    return segment(sequence, path, file, allocated);
  }

  /** Starts making a segment, unless one is being made or waits to be taken. */
  void prepare(long sequence, long allocated) {
    if (preparing != null) {
      return;
    }
    CompletableFuture<Optional<Segment>> promise = new CompletableFuture<>();
    preparing = promise;
    background.submit(() -> {
      try {
        promise.complete(prepared(sequence, allocated));
      } catch (IOException e) {
        failed("the next segment could not be made", e);
        promise.complete(Optional.empty());
      } catch (RuntimeException e) {
        promise.completeExceptionally(e);
      } catch (Error e) {
        // Whoever waits for the segment must not wait for ever.
        promise.completeExceptionally(e);
        throw e;
      }
    });
  }

  /**
   * The prepared segment, if there is one.
   *
   * @param wait whether to wait for it, when it is being made
   * @throws IOException when the disk failed in the background, for good
   */
  Optional<Segment> take(boolean wait) throws IOException {
    check();
    CompletableFuture<Optional<Segment>> promise = preparing;
    if (promise == null || !(wait || promise.isDone())) {
      return Optional.empty();
    }
    preparing = null;
    Optional<Segment> made;
    try {
      made = promise.join();
    } catch (CompletionException e) {
      throw new IOException("the next segment could not be made", e.getCause());
    }
    check();
    return made;
  }

  /**
   * Nothing needs what the background makes for a long time, perhaps; a disk that failed there has
   * failed now (H32).
   *
   * @throws IOException when the disk failed in the background, for good
   */
  void check() throws IOException {
    IOException failed = failure.get();
    if (failed != null) {
      throw new IOException(failed.getMessage(), failed.getCause());
    }
  }

  private void failed(String doing, IOException cause) {
    failure.compareAndSet(null, new IOException(doing, cause));
  }

  /**
   * Deletes a segment. Each deletion is durable before the next one begins, so that no crash leaves
   * an old segment without its successors.
   */
  void retire(Segment segment) {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    lastRetired = done;
    background.submit(() -> {
      try {
        segment.file.close();
        disk.delete(segment.path);
        disk.syncDirectory(directory);
      } catch (IOException e) {
        failed("a segment could not be deleted", e);
      } finally {
        done.complete(true);
      }
    });
  }

  /**
   * Closes a segment after a start that failed.
   *
   * @param unwritten no batch was written to it, so it can go; otherwise it may hold the only copy
   */
  void giveUp(Segment segment, boolean unwritten, Exception cause) {
    try {
      segment.file.close();
      if (unwritten) {
        disk.delete(segment.path);
      }
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /** Waits for what runs in the background, and closes a segment that nobody took. */
  void close() throws IOException {
    lastRetired.join();
    CompletableFuture<Optional<Segment>> promise = preparing;
    if (promise != null) {
      Optional<Segment> untaken = promise.exceptionally(e -> Optional.empty()).join();
      if (untaken.isPresent()) {
        untaken.get().file.close();
      }
    }
  }

  /** Running out of space here costs nothing yet: the log goes on in the segment it has. */
  private Optional<Segment> prepared(long sequence, long allocated) throws IOException {
    String path = directory + "/" + LogFormat.segmentName(sequence);
    DiskFile file;
    try {
      file = stage(path, sequence, allocated);
    } catch (IOException e) {
      if (!struggling) {
        LOG.warn("cannot prepare log segment {}, will try again: {}", path, e.toString());
      }
      struggling = true;
      return Optional.empty();
    }
    try {
      publish(path, file);
    } catch (IOException e) {
      closeAfter(file, e);
      throw e;
    }
    struggling = false;
    return Optional.of(segment(sequence, path, file, allocated));
  }

  private DiskFile stage(String path, long sequence, long allocated) throws IOException {
    String staging = path + LogFormat.STAGING_SUFFIX;
    disk.delete(staging);
    DiskFile file = disk.open(staging, Disk.OpenMode.CREATE_NEW);
    try {
      file.write(0, SegmentHeader.encode(identity, sequence));
      Zeros.write(file, LogFormat.SEGMENT_HEADER_BYTES, allocated);
      return file;
    } catch (IOException e) {
      closeAfter(file, e);
      try {
        disk.delete(staging);
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  private void publish(String path, DiskFile file) throws IOException {
    file.sync();
    disk.rename(path + LogFormat.STAGING_SUFFIX, path);
    disk.syncDirectory(directory);
  }

  private static Segment segment(long sequence, String path, DiskFile file, long allocated) {
    return new Segment(
        sequence,
        path,
        file,
        LogFormat.SEGMENT_HEADER_BYTES,
        Math.max(allocated, LogFormat.SEGMENT_HEADER_BYTES));
  }

  private static void closeAfter(DiskFile file, IOException cause) {
    try {
      file.close();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }
}
