/**
 * The write-ahead log: one per node, shared by all groups it hosts, one fsync for all of them per
 * pass. Hard states, entries and bases are one ordered stream of checksummed records (H13). Knows
 * no protocol.
 *
 * <h2>Batches, and how a torn tail differs from damage (H34)</h2>
 *
 * <p>The records of one sync are written as a batch (as several, when they outgrow the buffer),
 * each with a checksum over the whole of it, and with two numbers: its own, counting all batches of
 * the log from 1, and {@code syncedBelow}: every batch with a smaller number had been fsynced,
 * successfully, before this one was written. Within the batches of one sync the kernel may put
 * later sectors on disk and not earlier ones, so "something valid follows" does not tell loss from
 * damage. {@code syncedBelow} does:
 *
 * <pre>
 *   1 2 3 x            nothing follows x          torn: x was being written when the power went; cut
 *   1 2 3 x 5(below 4) 4 and 5 are one sync       torn: the sync that held both never returned; cut
 *   1 2 3 x 5(below 5) 4 had been fsynced         damage: 4 may have been acknowledged; refuse
 * </pre>
 *
 * <p>So recovery that finds no valid batch where number n must stand looks at every sector behind
 * it, in this segment and in all later ones, for a valid batch with {@code syncedBelow > n}. If
 * there is one, the log is refused with {@link dev.flotilla.raft.log.LogDamagedException}; {@link
 * dev.flotilla.raft.log.LogSalvage} then tells which groups have lost something, and replaces the
 * log by what is left. If there is none, n was never acknowledged (nobody is told of a batch before
 * its sync returned) and everything from n on is cut, durably, before anything else is written.
 * What remains open by nature: damage to the very last batch of a life looks like a torn one. To
 * keep that window small a log at rest is sealed, see {@link
 * dev.flotilla.raft.log.WriteAheadLog#seal}: an empty batch proves the last sync.
 *
 * <p>Every batch also names its segment and carries the checksum of the batch before it, so that
 * stale or misplaced bytes with a checksum of their own do not pass.
 *
 * <p>What a process that died left in the kernel's cache can be read back without being on disk,
 * even after an fsync that failed and marked the pages clean (H32). Recovery therefore writes the
 * last sync's batches once more, at the same place, and fsyncs, before it takes them for durable.
 *
 * <h2>Segments</h2>
 *
 * <p>A segment gets its final name only when its header is durable, and the folder is fsynced
 * before the segment is used (H33). It is filled with zeros beforehand, by a background executor,
 * so that neither rolling nor growing puts a journal commit into the pass. A sync never spans two
 * segments.
 *
 * <p>The first records of a segment are a checkpoint of every group: base, hard state, last index.
 * A segment is deleted, oldest first, when no group has a live entry in it and everything that
 * makes them obsolete is durable. Older checkpoints are compared with the replayed state at each
 * restart.
 *
 * <h2>Failure</h2>
 *
 * <p>The first write or fsync that fails poisons the log: that call and all later ones throw, and
 * the process has to end (H32). A full disk is such a failure when it hits the active segment and
 * there is no ballast left to throw overboard ({@link
 * dev.flotilla.raft.log.WriteAheadLog#keepRoom}); preparing the next segment ahead of need only
 * fails softly, is tried again, and leaves what is preallocated usable.
 *
 * <h2>Replicas</h2>
 *
 * <p>Who a replica is, its term and its vote stand in a file of their own as well, {@link
 * dev.flotilla.raft.log.ReplicaFile}, twice: a damaged log must not make it forget a vote.
 */
@NullMarked
package dev.flotilla.raft.log;

import org.jspecify.annotations.NullMarked;
