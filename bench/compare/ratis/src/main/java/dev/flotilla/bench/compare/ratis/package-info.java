/** Apache Ratis with a map as its state machine, as a comparison measures it. */
package dev.flotilla.bench.compare.ratis;
