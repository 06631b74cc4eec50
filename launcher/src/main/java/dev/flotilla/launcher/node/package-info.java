/**
 * One node or one balancer in this JVM: assembled from its configuration, its HTTP side door, its
 * end.
 */
@NullMarked
package dev.flotilla.launcher.node;

import org.jspecify.annotations.NullMarked;
