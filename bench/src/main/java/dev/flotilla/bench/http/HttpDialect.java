package dev.flotilla.bench.http;

import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.Operation;
import org.jspecify.annotations.Nullable;

/** How operations are spelled as HTTP requests and their answers judged. Without state. */
public interface HttpDialect {

  /** Appends the whole request, head and body. */
  void encode(Operation operation, ByteWriter out);

  /**
   * Judges a complete answer.
   *
   * @return null when the operation succeeded and the answer is as it must be
   */
  @Nullable Failure judge(Operation operation, HttpAnswer answer, byte[] buffer);
}
