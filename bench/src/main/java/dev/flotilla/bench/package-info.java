/** The bench command: what it may be asked, and how its parts are put together. */
@NullMarked
package dev.flotilla.bench;

import org.jspecify.annotations.NullMarked;
