package dev.flotilla.raft.runtime;

import java.util.concurrent.atomic.AtomicBoolean;

/** Lets the first fatal failure through and no other. */
final class FatalOnce implements RaftNode.FatalHandler {
  private final RaftNode.FatalHandler handler;
  private final AtomicBoolean called = new AtomicBoolean();

  FatalOnce(RaftNode.FatalHandler handler) {
    this.handler = handler;
  }

  @Override
  public void fatal(int exitCode, String reason, Throwable cause) {
    if (called.compareAndSet(false, true)) {
      handler.fatal(exitCode, reason, cause);
    }
  }
}
