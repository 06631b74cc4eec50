/**
 * The consensus algorithm of one replica of one group, as a function: {@link
 * dev.flotilla.raft.core.RaftCore#step} takes an {@link dev.flotilla.raft.core.Input} and emits
 * {@link dev.flotilla.raft.core.Effect}s.
 *
 * <p>What may not be here: threads, clocks, disks, sockets, loggers, unseeded randomness, any
 * import from outside the JDK. Time enters as a parameter, randomness through the constructor, the
 * log's older entries through {@link dev.flotilla.raft.core.LogReader}. Durability is data: every
 * message says whether it may leave before the writes emitted ahead of it are on disk.
 *
 * <p>"Thesis" in comments is Diego Ongaro, "Consensus: Bridging Theory and Practice", 2014.
 */
@NullMarked
package dev.flotilla.raft.core;

import org.jspecify.annotations.NullMarked;
