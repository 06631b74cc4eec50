/** Flotilla's own doors, as a comparison uses them. */
@NullMarked
package dev.flotilla.bench.compare.flotilla;

import org.jspecify.annotations.NullMarked;
