package dev.flotilla.raft.env;

/** What a simulated disk does with a sector that a sync writes back. */
public sealed interface SimulatedWriteBack {
  SimulatedWriteBack LANDS = new Lands();
  SimulatedWriteBack LOST = new Lost();

  /** It lands where it belongs. */
  record Lands() implements SimulatedWriteBack {}

  /** The disk says it wrote, and the old bytes stay on the platter. */
  record Lost() implements SimulatedWriteBack {}

  /**
   * The old bytes stay, and the new ones replace others: those of a file at a position. Beyond the
   * end of that file, or when there is none, they hit nobody.
   */
  record Misdirected(String path, long position) implements SimulatedWriteBack {}
}
