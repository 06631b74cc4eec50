package dev.flotilla.kv.engine;

import dev.flotilla.raft.env.DiskFullException;
import dev.flotilla.raft.fsm.NoRoomException;
import dev.flotilla.raft.fsm.StateStorageException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One write to an engine, and a flush if wanted, made by whichever thread comes first. */
final class Drain implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

  private final KvEngine engine;
  private final KvWrites writes;
  private final @Nullable Runnable durable;
  private final AtomicBoolean begun = new AtomicBoolean();
  private final CompletableFuture<Void> end = new CompletableFuture<>();

  /**
   * @param durable whether to flush afterwards, and whom to tell
   */
  Drain(KvEngine engine, KvWrites writes, @Nullable Runnable durable) {
    this.engine = engine;
    this.writes = writes;
    this.durable = durable;
  }

  /** Makes the write, unless that has begun. Throws nothing: {@link #await} does. */
  @Override
  public void run() {
    if (!begun.compareAndSet(false, true)) {
      return;
    }
    try {
      engine.write(writes);
      if (durable != null) {
        flush(durable);
      }
      end.complete(null);
    } catch (Throwable e) {
      end.completeExceptionally(e);
    }
  }

  /** Without room for it nothing is lost: the engine has it, and the next flush takes it along. */
  private void flush(Runnable told) {
    try {
      engine.flush();
    } catch (StateStorageException e) {
      if (DiskFullException.isCauseOf(e)) {
        LOG.warn("not flushed, no room: {}", e.getMessage());
        return;
      }
      throw e;
    }
    told.run();
  }

  /**
   * Returns when the write is made; makes it when nobody has begun.
   *
   * @throws RuntimeException what the engine threw
   */
  void await() {
    run();
    try {
      end.join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw e;
      }
    }
  }

  /** Returns when nobody is at it, nor will be. */
  void abandon() {
    if (!begun.compareAndSet(false, true)) {
      end.handle((done, failure) -> done).join();
    }
  }

  /** Whether it ended, and not for want of room only: then there is nothing left to do. */
  boolean isOver() {
    return end.isDone()
        && !(end.isCompletedExceptionally() && end.exceptionNow() instanceof NoRoomException);
  }

  /** The same once more, after one that failed. */
  Drain again() {
    return new Drain(engine, writes, durable);
  }
}
