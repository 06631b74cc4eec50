package dev.flotilla.bench.door;

import java.io.IOException;

/** Opens doors of one kind to one database; called once for every loop of a run. */
@FunctionalInterface
public interface DoorFactory {

  Door open(int lanes) throws IOException;
}
