/**
 * The walls of a load generator: operations, the doors they go in by, and how an answer is judged.
 * Imports no other package of this module; every door is one implementation of {@code Door}.
 */
@NullMarked
package dev.flotilla.bench.door;

import org.jspecify.annotations.NullMarked;
