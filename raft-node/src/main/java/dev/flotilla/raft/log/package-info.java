/**
 * The write-ahead log: one per node, shared by all groups it hosts, one fsync for all of them per
 * pass. Hard states, entries and bases are one ordered stream of checksummed records (H13). Knows
 * no protocol.
 */
@NullMarked
package dev.flotilla.raft.log;

import org.jspecify.annotations.NullMarked;
