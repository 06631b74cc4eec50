package dev.flotilla.bench.compare.ratis;

import dev.flotilla.bench.compare.client.Doors;
import dev.flotilla.bench.compare.client.Target;
import dev.flotilla.bench.door.CallbackDoor;
import dev.flotilla.bench.door.DoorFactory;
import org.apache.ratis.protocol.RaftGroup;

/** The shapes of Ratis: one client for all operations under way, or a client for each. */
public final class RatisDoors implements Doors {

  @Override
  public DoorFactory shaped(String shape, Target target) {
    RaftGroup group = RatisGroup.of(target.addresses());
    return switch (shape) {
      case "one-client" -> lanes -> new CallbackDoor(lanes, new RatisClient(group, 1, lanes));
      case "separate" -> lanes -> new CallbackDoor(lanes, new RatisClient(group, lanes, 1));
      default -> throw new IllegalArgumentException("Ratis has no shape " + shape);
    };
  }
}
