/**
 * The commands, one class each: options, help and what is printed. The work is done in the other
 * packages.
 */
@NullMarked
package dev.flotilla.launcher.commands;

import org.jspecify.annotations.NullMarked;
