/**
 * The replicated key-value state machine: slots, revisions, sessions, expiry. A deterministic
 * function of the log: no clock but the entries' stamps, no randomness, no threads, no files. Bytes
 * are kept by an engine from {@link dev.flotilla.kv.engine}; {@link dev.flotilla.kv.RecordFormat}
 * says how they are laid out.
 */
@NullMarked
package dev.flotilla.kv;

import org.jspecify.annotations.NullMarked;
