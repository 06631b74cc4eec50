/** The face on the terminal: colour, tables, progress. */
@NullMarked
package dev.flotilla.launcher.terminal;

import org.jspecify.annotations.NullMarked;
