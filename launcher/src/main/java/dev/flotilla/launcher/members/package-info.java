/**
 * Who belongs to a group, and changing it: what the {@code members} commands say to nodes over
 * their admin service. Knows nothing of terminals.
 */
@NullMarked
package dev.flotilla.launcher.members;

import org.jspecify.annotations.NullMarked;
