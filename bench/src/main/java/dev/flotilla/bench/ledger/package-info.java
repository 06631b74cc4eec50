/**
 * A continuous writer that remembers every acked write and proves afterwards that each is there,
 * once, with its value; and the clock of recoveries.
 */
@NullMarked
package dev.flotilla.bench.ledger;

import org.jspecify.annotations.NullMarked;
