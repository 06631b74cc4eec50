/**
 * Micro-benchmarks of the pieces that every request goes through, one at a time, without threads
 * and sockets in between: how long a piece takes, and how many bytes it allocates.
 */
@NullMarked
package dev.flotilla.bench.micro;

import org.jspecify.annotations.NullMarked;
