/**
 * Histories of operations as clients saw them, and the judgement whether a database that does one
 * thing at a time could have given these answers.
 *
 * <p>What is judged is linearizability: M. Herlihy and J. Wing, "Linearizability: a correctness
 * condition for concurrent objects", TOPLAS 12(3), 1990. It is local (§3.2 there), so each key is
 * searched alone. The search is that of J. Wing and C. Gong, "Testing and verifying concurrent
 * objects", JPDC 17, 1993, with the memo of G. Lowe, "Testing for linearizability", Concurrency and
 * Computation 29(4), 2017.
 *
 * <p>Nothing here knows a network, a clock or a thread: the same classes serve the simulator and
 * real processes. The JDK only, and the same history always gets the same verdict.
 */
@NullMarked
package dev.flotilla.history;

import org.jspecify.annotations.NullMarked;
