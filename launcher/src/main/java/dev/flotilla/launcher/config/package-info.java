/**
 * The cluster file: what it may say, how it is read, checked and written. Knows files and text;
 * opens no socket and starts nothing.
 */
@NullMarked
package dev.flotilla.launcher.config;

import org.jspecify.annotations.NullMarked;
