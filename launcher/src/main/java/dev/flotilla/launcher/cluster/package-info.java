/**
 * A whole cluster on this machine: checks before it starts, starting and watching it in one JVM or
 * as processes, and {@code cluster.json}.
 */
@NullMarked
package dev.flotilla.launcher.cluster;

import org.jspecify.annotations.NullMarked;
