package dev.flotilla.bench.compare.client;

import dev.flotilla.bench.door.DoorFactory;
import java.io.IOException;

/**
 * The ways into one system. Implementations have a public constructor without parameters: the
 * client process is told a class name, because some systems' libraries must not be loaded beside
 * each other.
 */
public interface Doors {

  /**
   * @param shape one of the names by which the line-up lists the system's shapes
   * @throws IOException when the servers cannot be asked what the doors need to know; a system that
   *     was just started is asked again
   * @throws IllegalArgumentException for a shape this system does not have
   */
  DoorFactory shaped(String shape, Target target) throws IOException;
}
