/**
 * Starts and ends the servers of each system that is compared. Everything is a process of its own
 * on the loopback address, with its data in a directory that is deleted afterwards.
 */
@NullMarked
package dev.flotilla.bench.compare.server;

import org.jspecify.annotations.NullMarked;
