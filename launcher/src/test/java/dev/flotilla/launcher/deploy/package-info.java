/**
 * What deploy/ holds, kept true: the chart is linted and rendered, the Compose file and the start
 * script are read and run, and the image is built and run as a cluster where a container engine
 * answers.
 */
@NullMarked
package dev.flotilla.launcher.deploy;

import org.jspecify.annotations.NullMarked;
