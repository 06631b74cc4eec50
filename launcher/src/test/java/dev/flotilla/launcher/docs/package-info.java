/** Keeps what the documents say about the code true. */
@NullMarked
package dev.flotilla.launcher.docs;

import org.jspecify.annotations.NullMarked;
