/**
 * The seams between the node and the world: clock, disk, transport, random streams. A real and a
 * simulated version of each obey one contract test. Nothing else in this module touches time,
 * files, sockets or randomness.
 */
@NullMarked
package dev.flotilla.raft.env;

import org.jspecify.annotations.NullMarked;
