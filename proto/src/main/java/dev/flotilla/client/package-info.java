/**
 * The client's end of a node's client service, and the event loops, addresses and back-off that
 * every socket of a process shares. What may not be here: keys, values, routing, retries of
 * requests.
 */
@NullMarked
package dev.flotilla.client;

import org.jspecify.annotations.NullMarked;
