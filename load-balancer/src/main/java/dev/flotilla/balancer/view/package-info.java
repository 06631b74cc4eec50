/**
 * What people see of the cluster: every member of every group as it says of itself, put together
 * once a second while somebody watches, and the feed of what happened. Knows routing and the admin
 * protocol; no HTTP, no sockets, no clock or thread of its own.
 */
@NullMarked
package dev.flotilla.balancer.view;

import org.jspecify.annotations.NullMarked;
