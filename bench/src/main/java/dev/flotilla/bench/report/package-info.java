/** A finished run as a table for people and as JSON for programs; progress lines on the way. */
@NullMarked
package dev.flotilla.bench.report;

import org.jspecify.annotations.NullMarked;
