package dev.flotilla.balancer.http;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Bounds what is under way, in requests and in bytes of their bodies. */
final class Admission {
  private final int mostRequests;
  private final long mostBytes;
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  Admission(HttpLimits limits) {
    this.mostRequests = limits.maxInFlight();
    this.mostBytes = limits.maxInFlightBytes();
  }

  /**
   * Lets requests in, until the pass is closed.
   *
   * @throws ApiException 429 when there are too many
   */
  Pass enter(int count, long bodyBytes) {
    if (requests.addAndGet(count) > mostRequests) {
      requests.addAndGet(-count);
      throw ApiException.overloaded("too many requests are under way");
    }
    if (bytes.addAndGet(bodyBytes) > mostBytes) {
      bytes.addAndGet(-bodyBytes);
      requests.addAndGet(-count);
      throw ApiException.overloaded("the requests under way hold too much memory");
    }
    return new Pass(count, bodyBytes);
  }

  int requests() {
    return requests.get();
  }

  /** Held while a request is under way. */
  final class Pass implements AutoCloseable {
    private final int count;
    private final long bodyBytes;

    private Pass(int count, long bodyBytes) {
      this.count = count;
      this.bodyBytes = bodyBytes;
    }

    @Override
    public void close() {
      bytes.addAndGet(-bodyBytes);
      requests.addAndGet(-count);
    }
  }
}
