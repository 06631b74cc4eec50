/** Clients: what they ask for, how they retry, and the history they leave. */
@NullMarked
package dev.flotilla.simulation.workload;

import org.jspecify.annotations.NullMarked;
