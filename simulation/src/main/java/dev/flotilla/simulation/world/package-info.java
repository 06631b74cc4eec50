/** What stands in for the machine room: time, hosts, network. */
@NullMarked
package dev.flotilla.simulation.world;

import org.jspecify.annotations.NullMarked;
