/** What goes wrong, as data: drawn before the run, so that a failing run's list can be shrunk. */
@NullMarked
package dev.flotilla.simulation.faults;

import org.jspecify.annotations.NullMarked;
