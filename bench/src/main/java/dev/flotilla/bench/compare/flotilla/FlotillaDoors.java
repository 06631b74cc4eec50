package dev.flotilla.bench.compare.flotilla;

import dev.flotilla.bench.compare.client.Doors;
import dev.flotilla.bench.compare.client.Target;
import dev.flotilla.bench.door.DoorFactory;
import dev.flotilla.bench.http.FormDialect;
import dev.flotilla.bench.http.HttpDoor;
import dev.flotilla.bench.http.HttpDoorOptions;
import java.net.InetSocketAddress;

/** The shapes of Flotilla. The first server is the balancer, the others are the nodes. */
public final class FlotillaDoors implements Doors {

  /** Form posts to the balancer, a keep-alive connection for each operation under way. */
  public static final String FORM = "form";

  @Override
  public DoorFactory shaped(String shape, Target target) {
    InetSocketAddress balancer = target.addresses().getFirst();
    return switch (shape) {
      case FORM ->
          lanes ->
              new HttpDoor(
                  balancer,
                  lanes,
                  new FormDialect(balancer.getHostString() + ":" + balancer.getPort()),
                  HttpDoorOptions.DEFAULT,
                  System::nanoTime);
      default -> throw new IllegalArgumentException("Flotilla has no shape " + shape);
    };
  }
}
