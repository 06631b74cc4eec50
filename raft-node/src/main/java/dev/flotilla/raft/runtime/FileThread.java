package dev.flotilla.raft.runtime;

import dev.flotilla.raft.log.BackgroundWork;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The thread on which the log makes and deletes its files, one task after the other. */
final class FileThread implements BackgroundWork, AutoCloseable {
  private static final long JOIN_MILLIS = 5_000;

  /** Few: the log asks for one segment ahead and for the deletion of old ones. */
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

  private final DutyThread thread;

  FileThread(String name, Consumer<Throwable> onFailure) {
    this.thread = new DutyThread(name, this::pass, onFailure);
    thread.start();
  }

  @Override
  public void submit(Runnable task) {
    synchronized (tasks) {
      tasks.add(task);
    }
    thread.wake();
  }

  private long pass() {
    for (Runnable task = poll(); task != null; task = poll()) {
      task.run();
    }
    return Long.MAX_VALUE;
  }

  private @Nullable Runnable poll() {
    synchronized (tasks) {
      return tasks.poll();
    }
  }

  @Override
  public void close() {
    thread.stop();
    thread.join(JOIN_MILLIS);
  }
}
