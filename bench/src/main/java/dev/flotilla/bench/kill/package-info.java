/** Rounds of kill -9 against a running local cluster, and what each round cost. */
@NullMarked
package dev.flotilla.bench.kill;

import org.jspecify.annotations.NullMarked;
