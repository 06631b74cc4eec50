/**
 * The native door: requests go straight to the leaders of the groups over the nodes' client
 * streams, by the same ring and with the same retries under one identity as a balancer's. It keeps
 * less than a balancer does (no circuit breaker, no watch over members, no timer for each request),
 * because it shares its processors with what it measures.
 */
@NullMarked
package dev.flotilla.bench.stream;

import org.jspecify.annotations.NullMarked;
