package dev.flotilla.bench.compare.flotilla;

import dev.flotilla.bench.compare.client.Doors;
import dev.flotilla.bench.compare.client.Target;
import dev.flotilla.bench.door.DoorFactory;
import dev.flotilla.bench.http.FormDialect;
import dev.flotilla.bench.http.HttpDoor;
import dev.flotilla.bench.http.HttpDoorOptions;
import dev.flotilla.bench.stream.StreamDoors;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The shapes of Flotilla. The first server is the balancer, the others are the nodes. */
public final class FlotillaDoors implements Doors {

  /** Native streams to the leaders, shared by all operations under way. */
  public static final String STREAM = "stream";

  /** Native streams to the leaders, and an identity, for each operation under way. */
  public static final String STREAM_SEPARATE = "stream-separate";

  /** Form posts to the balancer, a keep-alive connection for each operation under way. */
  public static final String FORM = "form";

  private static final int EVENT_LOOPS = 1;

  // Each has event loops, which end with the process.
  private final Map<String, StreamDoors> streams = new HashMap<>();

  @Override
  public DoorFactory shaped(String shape, Target target) throws IOException {
    return switch (shape) {
      case STREAM -> stream(shape, target, false);
      case STREAM_SEPARATE -> stream(shape, target, true);
      case FORM -> form(target.addresses().getFirst());
      default -> throw new IllegalArgumentException("Flotilla has no shape " + shape);
    };
  }

  private StreamDoors stream(String shape, Target target, boolean separate) throws IOException {
    StreamDoors known = streams.get(shape);
    if (known != null) {
      return known;
    }
    List<String> nodes = target.servers().subList(1, target.servers().size());
    StreamDoors opened =
        StreamDoors.connect(
            target.cluster(),
            nodes,
            EVENT_LOOPS,
            separate,
            HttpDoorOptions.DEFAULT.timeoutNanos(),
            System::nanoTime);
    streams.put(shape, opened);
    return opened;
  }

  private static DoorFactory form(InetSocketAddress balancer) {
    return lanes ->
        new HttpDoor(
            balancer,
            lanes,
            new FormDialect(balancer.getHostString() + ":" + balancer.getPort()),
            HttpDoorOptions.DEFAULT,
            System::nanoTime);
  }
}
