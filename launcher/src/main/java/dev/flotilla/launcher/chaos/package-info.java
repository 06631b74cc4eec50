/**
 * Hurting nodes of a local cluster on purpose: their processes, and the network between them. Only
 * where somebody gave leave to.
 */
@NullMarked
package dev.flotilla.launcher.chaos;

import org.jspecify.annotations.NullMarked;
