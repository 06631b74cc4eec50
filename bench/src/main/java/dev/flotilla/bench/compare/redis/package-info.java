/** A door to Redis: its protocol (RESP 2) over many connections driven by one thread. */
@NullMarked
package dev.flotilla.bench.compare.redis;

import org.jspecify.annotations.NullMarked;
