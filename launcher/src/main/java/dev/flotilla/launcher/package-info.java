/**
 * The {@code flotilla} command: its entry point, its exit codes, and the errors it tells people
 * about.
 */
@NullMarked
package dev.flotilla.launcher;

import org.jspecify.annotations.NullMarked;
