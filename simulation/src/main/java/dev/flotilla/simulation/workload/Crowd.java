package dev.flotilla.simulation.workload;

import dev.flotilla.balancer.routing.CallOptions;
import dev.flotilla.balancer.routing.KvRequest;
import dev.flotilla.balancer.routing.Precondition;
import dev.flotilla.simulation.world.Balancer;
import dev.flotilla.simulation.world.World;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * Many who write without waiting for each other, through one balancer and for a moment only. Their
 * keys live for seconds and no history judges them: what they are good for is a log that grows
 * quickly where it will not last.
 */
public final class Crowd {
  private static final long NANOS_PER_MILLI = 1_000_000L;
  private static final int MOST_WRITES = 90;
  private static final int LEAST_TTL_MILLIS = 500;

  private final World world;
  private int came;

  public Crowd(World world) {
    this.world = world;
  }

  /** Writes through a balancer for some seconds at most, beginning now. */
  public void come(Balancer balancer) {
    SplittableRandom random = new SplittableRandom(world.dice().roll(8_000, ++came));
    int writes = 1 + random.nextInt(MOST_WRITES);
    int everyMillis = 5 + random.nextInt(30);
    for (int i = 0; i < writes; i++) {
      KvRequest.Put put =
          new KvRequest.Put(
              bytes("crowd-" + random.nextInt(50)),
              bytes("v " + i),
              Precondition.NONE,
              LEAST_TTL_MILLIS + random.nextInt(4_000));
      int life = balancer.lives();
      world
          .timeline()
          .after(
              (long) i * everyMillis * NANOS_PER_MILLI,
              () -> {
                if (life == balancer.lives()) {
                  var ignored = balancer.router().execute(put, CallOptions.DEFAULT);
                }
              });
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
