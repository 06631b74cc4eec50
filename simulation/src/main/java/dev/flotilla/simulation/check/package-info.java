/** What must hold after every event, and what must have happened at least once over many runs. */
@NullMarked
package dev.flotilla.simulation.check;

import org.jspecify.annotations.NullMarked;
