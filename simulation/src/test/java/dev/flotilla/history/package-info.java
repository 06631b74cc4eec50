@NullMarked
package dev.flotilla.history;

import org.jspecify.annotations.NullMarked;
