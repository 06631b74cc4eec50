/**
 * Which key comes next: uniform, zipfian, latest. Pure functions of a random stream; nothing here
 * knows what a key looks like.
 */
@NullMarked
package dev.flotilla.bench.distribution;

import org.jspecify.annotations.NullMarked;
