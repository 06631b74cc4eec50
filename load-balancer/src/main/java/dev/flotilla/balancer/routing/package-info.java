/**
 * The way of a request from key to answer: slot, group, leader, node, and back, with everything
 * that may go wrong in between. Knows nothing of HTTP, Spring, threads or sockets: time, timers,
 * randomness and the nodes come through constructors, so that the simulator runs this code as it
 * is. Nothing here blocks.
 */
@NullMarked
package dev.flotilla.balancer.routing;

import org.jspecify.annotations.NullMarked;
