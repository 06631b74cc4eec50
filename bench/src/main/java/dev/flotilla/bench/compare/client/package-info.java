/**
 * The client process of a comparison: one JVM that loads the keys, warms a system up and measures
 * it in each of its shapes. It is the same for every system; only the doors differ.
 */
@NullMarked
package dev.flotilla.bench.compare.client;

import org.jspecify.annotations.NullMarked;
