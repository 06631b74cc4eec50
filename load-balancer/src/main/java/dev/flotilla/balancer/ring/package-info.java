/**
 * Where slots live: the consistent-hash ring that places them on groups, and the table it results
 * in. Pure functions of their arguments; imports the JDK, the slot hash and hash4j only.
 */
@NullMarked
package dev.flotilla.balancer.ring;

import org.jspecify.annotations.NullMarked;
