package dev.flotilla.kv.engine;

import java.util.concurrent.Executor;

/** Nothing reaches the engine below before it has to. */
final class LateWriteBackEngineTest extends WriteBackEngineTest {
  @Override
  Executor drains() {
    return later -> {};
  }
}
