package dev.flotilla.raft.runtime;

import dev.flotilla.raft.env.Clock;
import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.RandomStreams;
import dev.flotilla.raft.env.Transport;

/** The world of one node. */
public record NodeEnvironment(Clock clock, Disk disk, Transport transport, RandomStreams random) {}
