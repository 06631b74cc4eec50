/** What a comparison measured: cells, their storage as JSON lines, and the arithmetic on them. */
@NullMarked
package dev.flotilla.bench.compare.result;

import org.jspecify.annotations.NullMarked;
