package dev.flotilla.balancer.routing;

/** Node {@code node} leads its group in {@code term}. */
public record Leader(int node, long term) {}
