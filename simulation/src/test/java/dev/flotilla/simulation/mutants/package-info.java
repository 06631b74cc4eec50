/**
 * The simulator's own test: small deliberate bugs, each of which it must find.
 *
 * <p>A {@link dev.flotilla.simulation.mutants.Mutant} is data: what to replace in which source. It
 * is compiled into memory, one file at a time, and loaded in front of the real classes together
 * with a simulator of its own.
 */
@NullMarked
package dev.flotilla.simulation.mutants;

import org.jspecify.annotations.NullMarked;
