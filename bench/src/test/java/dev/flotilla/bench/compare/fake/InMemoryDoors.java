package dev.flotilla.bench.compare.fake;

import dev.flotilla.bench.compare.client.Doors;
import dev.flotilla.bench.compare.client.Target;
import dev.flotilla.bench.door.CallbackDoor;
import dev.flotilla.bench.door.DoorFactory;
import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.Operation;
import dev.flotilla.bench.door.Outcome;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A system without servers: a map in the client's own process, which answers at once. */
public final class InMemoryDoors implements Doors {

  public final Map<ByteBuffer, byte[]> store = new ConcurrentHashMap<>();

  @Override
  public DoorFactory shaped(String shape, Target target) {
    return open();
  }

  public DoorFactory open() {
    return lanes -> new CallbackDoor(lanes, new Client());
  }

  private final class Client implements CallbackDoor.Client {
    @Override
    public void call(int lane, Operation operation, CallbackDoor.Answer answer) {
      ByteBuffer key = ByteBuffer.wrap(operation.key());
      Failure failure =
          switch (operation) {
            case Operation.Set set -> {
              store.put(key, set.value());
              yield null;
            }
            case Operation.Get get -> {
              byte[] value = store.get(key);
              yield value == null
                  ? new Failure("ABSENT", Outcome.WRONG, "no such key")
                  : get.judge(value);
            }
            case Operation.SetIf _, Operation.Delete _, Operation.Scan _ ->
                new Failure("UNSUPPORTED", Outcome.NOT_APPLIED, "only set and get");
          };
      if (failure == null) {
        answer.succeeded(0);
      } else {
        answer.failed(failure);
      }
    }

    @Override
    public void close() {}
  }
}
