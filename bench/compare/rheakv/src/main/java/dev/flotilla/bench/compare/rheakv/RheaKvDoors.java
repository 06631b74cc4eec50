package dev.flotilla.bench.compare.rheakv;

import dev.flotilla.bench.compare.client.Doors;
import dev.flotilla.bench.compare.client.Target;
import dev.flotilla.bench.door.CallbackDoor;
import dev.flotilla.bench.door.DoorFactory;

/**
 * The shapes of RheaKV: one client that batches what comes close together (its default), one that
 * does not, and a client for each operation under way.
 */
public final class RheaKvDoors implements Doors {

  @Override
  public DoorFactory shaped(String shape, Target target) {
    String list = String.join(",", target.servers());
    return switch (shape) {
      case "batched" -> lanes -> new CallbackDoor(lanes, new RheaKvClient(list, 1, true));
      case "unbatched" -> lanes -> new CallbackDoor(lanes, new RheaKvClient(list, 1, false));
      case "separate" -> lanes -> new CallbackDoor(lanes, new RheaKvClient(list, lanes, false));
      default -> throw new IllegalArgumentException("RheaKV has no shape " + shape);
    };
  }
}
