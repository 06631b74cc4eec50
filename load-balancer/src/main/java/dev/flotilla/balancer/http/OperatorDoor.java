package dev.flotilla.balancer.http;

import dev.flotilla.balancer.LocalNodes;
import dev.flotilla.balancer.view.ClusterAdmin;
import dev.flotilla.balancer.view.ClusterWatch;
import org.jspecify.annotations.Nullable;

/**
 * What people get to see and do, beside the data.
 *
 * @param localNodes to be hurt from the dashboard; null = nobody may
 * @param grafana where its dashboards are, for a link; null = nowhere
 */
public record OperatorDoor(
    ClusterAdmin admin,
    ClusterWatch watch,
    @Nullable LocalNodes localNodes,
    String version,
    @Nullable String grafana) {}
