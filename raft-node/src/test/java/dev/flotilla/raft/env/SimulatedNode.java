package dev.flotilla.raft.env;

/** What a name of a simulated disk stands for. */
sealed interface SimulatedNode permits SimulatedFolder, SimulatedInode {}
