/**
 * Deterministic simulation: whole clusters of real nodes, balancers and clients on simulated time,
 * disks, network and randomness, in one thread. The same seed gives the same run, to the last byte.
 *
 * <p>{@link dev.flotilla.simulation.Simulation} makes one run: a {@code Scenario} (everything that
 * chance decides before the run, drawn from the seed) is carried out in the {@code world}, hurt by
 * {@code faults}, used by {@code workload}, and watched by {@code check} after every event.
 */
@NullMarked
package dev.flotilla.simulation;

import org.jspecify.annotations.NullMarked;
