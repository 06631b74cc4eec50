/**
 * The HTTP front door: the form API, the REST API, probes, status and metrics, on Spring MVC and
 * Tomcat with a virtual thread for each request. Translates; decides nothing that routing could
 * decide.
 */
@NullMarked
package dev.flotilla.balancer.http;

import org.jspecify.annotations.NullMarked;
