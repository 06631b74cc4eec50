package dev.flotilla.balancer.http;

/** What the cluster is called; nodes of another refuse to talk to us. */
public record ClusterName(String id) {}
