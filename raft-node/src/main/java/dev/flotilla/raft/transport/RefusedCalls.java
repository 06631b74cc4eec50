package dev.flotilla.raft.transport;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the calls a server ended with an error: bytes that are no message, frames that are too
 * large, methods that do not exist, other clusters' peers. A caller that goes away is none of them.
 * What a request is answered within its reply (a redirect, a failed condition) is not a refused
 * call either.
 */
final class RefusedCalls extends ServerStreamTracer.Factory {
  private final Map<Status.Code, AtomicLong> counts = new EnumMap<>(Status.Code.class);
  private final ServerStreamTracer tracer =
      new ServerStreamTracer() {
        @Override
        public void streamClosed(Status status) {
          AtomicLong count = counts.get(status.getCode());
          if (count != null) {
            count.incrementAndGet();
          }
        }
      };

  RefusedCalls() {
    for (Status.Code code : Status.Code.values()) {
      if (code != Status.Code.OK && code != Status.Code.CANCELLED) {
        counts.put(code, new AtomicLong());
      }
    }
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
    return tracer;
  }

  /** By gRPC status code; all codes that count as refused are there from the beginning. */
  Map<Status.Code, AtomicLong> counts() {
    return Collections.unmodifiableMap(counts);
  }
}
