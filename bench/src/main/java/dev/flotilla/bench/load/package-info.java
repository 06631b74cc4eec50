/**
 * Loops that turn a workload into operations at a door, and the phases of a run (load, warm-up,
 * measurement).
 */
@NullMarked
package dev.flotilla.bench.load;

import org.jspecify.annotations.NullMarked;
