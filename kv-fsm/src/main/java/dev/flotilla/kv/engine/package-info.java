/**
 * Where the state machine's bytes live: one small ordered store ({@link
 * dev.flotilla.kv.engine.KvEngine}) with a RocksDB and an in-memory implementation, and memory to
 * stand in front of either ({@link dev.flotilla.kv.engine.WriteBackEngine}); all obey one contract
 * test. Nothing here knows what the bytes mean.
 */
@NullMarked
package dev.flotilla.kv.engine;

import org.jspecify.annotations.NullMarked;
