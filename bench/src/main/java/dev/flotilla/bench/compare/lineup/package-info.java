/** Who is compared, and in which shapes. */
@NullMarked
package dev.flotilla.bench.compare.lineup;

import org.jspecify.annotations.NullMarked;
