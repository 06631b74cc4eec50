/**
 * Real processes hurt for real: nodes of the built distribution in network namespaces of their own,
 * clients that record what they were told, one fault at a time, and a verdict by the history
 * checker. {@code docs/verification.md} says how to run it long.
 */
@NullMarked
package dev.flotilla.launcher.faults;

import org.jspecify.annotations.NullMarked;
