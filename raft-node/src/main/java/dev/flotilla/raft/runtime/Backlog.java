package dev.flotilla.raft.runtime;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many requests, and how many bytes of them, one replica has taken and not answered yet,
 * wherever they are: in the log, waiting for a quorum, or queued for the state machine. One group
 * without a quorum thereby fills its own backlog and not the node's mailbox.
 */
final class Backlog {
  private final int maxRequests;
  private final long maxBytes;
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  Backlog(int maxRequests, long maxBytes) {
    this.maxRequests = maxRequests;
    this.maxBytes = maxBytes;
  }

  /** Only the loop adds, so that looking first and adding afterwards is no race. */
  boolean tryAdd(int size) {
    if (requests.get() >= maxRequests || bytes.get() + size > maxBytes) {
      return false;
    }
    requests.incrementAndGet();
    bytes.addAndGet(size);
    return true;
  }

  /** Called where the answer is given: the loop or the applier. */
  void remove(int size) {
    requests.decrementAndGet();
    bytes.addAndGet(-size);
  }

  int requests() {
    return requests.get();
  }

  long bytes() {
    return bytes.get();
  }
}
