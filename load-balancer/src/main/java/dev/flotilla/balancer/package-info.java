/** The balancer as a whole, for whoever starts one. */
@NullMarked
package dev.flotilla.balancer;

import org.jspecify.annotations.NullMarked;
