/**
 * Keeps what watches the cluster true: every alert is tested and has its section in the runbook,
 * and every rule and every dashboard asks for series that a running cluster has.
 */
@NullMarked
package dev.flotilla.launcher.observability;

import org.jspecify.annotations.NullMarked;
