/** The page and the pictures that are made of stored results; knows nothing of how they came. */
@NullMarked
package dev.flotilla.bench.compare.page;

import org.jspecify.annotations.NullMarked;
