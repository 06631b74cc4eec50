/** How a key finds its slot: a format every client, balancer and node must agree on. */
@NullMarked
package dev.flotilla.slot;

import org.jspecify.annotations.NullMarked;
