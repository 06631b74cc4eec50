/**
 * Flotilla beside the databases that a user would pick instead, on one machine, in turns. {@code
 * bench/compare/run} builds what is needed and starts {@code CompareMain}, which starts the
 * systems' servers ({@code server}) and a client process ({@code client}), stores what was measured
 * ({@code result}) and draws the page ({@code page}).
 */
@NullMarked
package dev.flotilla.bench.compare;

import org.jspecify.annotations.NullMarked;
