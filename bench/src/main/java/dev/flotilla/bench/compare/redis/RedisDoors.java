package dev.flotilla.bench.compare.redis;

import dev.flotilla.bench.compare.client.Doors;
import dev.flotilla.bench.compare.client.Target;
import dev.flotilla.bench.door.DoorFactory;

/** The one shape of Redis. */
public final class RedisDoors implements Doors {

  /** A connection for each operation that is under way, as redis-benchmark has it. */
  public static final String RESP = "resp";

  @Override
  public DoorFactory shaped(String shape, Target target) {
    if (!shape.equals(RESP)) {
      throw new IllegalArgumentException("Redis has no shape " + shape);
    }
    return lanes -> new RespDoor(target.addresses().getFirst(), lanes, System::nanoTime);
  }
}
