/**
 * Reading what the running programs have logged: the files of a data directory's {@code logs}, from
 * their ends, merged by time, and as they grow. Who writes them is {@link
 * dev.flotilla.launcher.node.LogFiles}.
 */
@NullMarked
package dev.flotilla.launcher.logs;

import org.jspecify.annotations.NullMarked;
