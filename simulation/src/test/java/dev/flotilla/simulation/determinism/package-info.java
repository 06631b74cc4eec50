/** Holds the classes that run inside the simulator to what keeps a run the same, run after run. */
@NullMarked
package dev.flotilla.simulation.determinism;

import org.jspecify.annotations.NullMarked;
