/**
 * What a run leaves behind: latencies and counted failures, written by the loops and collected by
 * the run.
 */
@NullMarked
package dev.flotilla.bench.recorder;

import org.jspecify.annotations.NullMarked;
