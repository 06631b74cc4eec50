/** The router's seams over the real world: gRPC streams to nodes, threads that keep time. */
@NullMarked
package dev.flotilla.balancer.wire;

import org.jspecify.annotations.NullMarked;
