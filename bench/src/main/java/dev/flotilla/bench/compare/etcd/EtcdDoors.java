package dev.flotilla.bench.compare.etcd;

import dev.flotilla.bench.compare.client.Doors;
import dev.flotilla.bench.compare.client.Target;
import dev.flotilla.bench.door.CallbackDoor;
import dev.flotilla.bench.door.DoorFactory;
import dev.flotilla.bench.http.HttpDoor;
import dev.flotilla.bench.http.HttpDoorOptions;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * The shapes of etcd. All go to the leader: a follower would only forward writes to it and ask it
 * for the read index, which costs the same two cores more.
 */
public final class EtcdDoors implements Doors {

  /** All operations multiplexed over one channel. */
  public static final String SHARED = "grpc-shared";

  /** A channel, so a connection, for each operation that is under way. */
  public static final String SEPARATE = "grpc-separate";

  /** A keep-alive connection to the JSON gateway for each. */
  public static final String JSON = "json";

  @Override
  public DoorFactory shaped(String shape, Target target) throws IOException {
    InetSocketAddress leader = EtcdLeader.find(target.addresses());
    return switch (shape) {
      case SHARED -> lanes -> new CallbackDoor(lanes, new EtcdClient(leader, 1));
      case SEPARATE -> lanes -> new CallbackDoor(lanes, new EtcdClient(leader, lanes));
      case JSON ->
          lanes ->
              new HttpDoor(
                  leader,
                  lanes,
                  new EtcdJsonDialect(leader.getHostString() + ":" + leader.getPort()),
                  HttpDoorOptions.DEFAULT,
                  System::nanoTime);
      default -> throw new IllegalArgumentException("etcd has no shape " + shape);
    };
  }
}
