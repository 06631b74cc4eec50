package dev.flotilla.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.DiskFile;
import dev.flotilla.raft.env.SimulatedDisk;
import dev.flotilla.raft.fsm.NoRoomException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A cache in front changes nothing of what an engine promises. */
class CachedEngineTest extends KvEngineContract {
  private static final String STORE = "groups/g1/state";
  private static final int CACHE_BYTES = 8 << 10;

  private final SimulatedDisk disk = new SimulatedDisk();

  @Override
  KvEngine open() {
    return new CachedEngine(new InMemoryEngine(disk, STORE), CACHE_BYTES);
  }

  @Override
  void crash(KvEngine engine) {
    disk.crashLosingAllUnsynced();
  }

  @Override
  String emptyFolder(String name) throws IOException {
    disk.createDirectories("snapshots/" + name);
    return "snapshots/" + name;
  }

  @Override
  List<String> files(String folder) throws IOException {
    return disk.list(folder);
  }

  @Override
  void addFile(String folder, String name) throws IOException {
    try (DiskFile file = disk.open(folder + "/" + name, Disk.OpenMode.CREATE_NEW)) {
      file.write(0, ByteBuffer.wrap(bytes("not yours")));
    }
  }

  @Override
  void damage(String folder) throws IOException {
    disk.flipBit(folder + "/IMAGE", 20, 3);
  }

  @Test
  void readsTheSameAsWithoutItWhateverComesInBetween() {
    Random random = new Random(7);
    Map<String, byte[]> model = new HashMap<>();
    try (KvEngine engine =
        new CachedEngine(new InMemoryEngine(new SimulatedDisk(), "elsewhere"), CACHE_BYTES)) {
      for (int round = 0; round < 20_000; round++) {
        String key = "key-" + random.nextInt(400);
        switch (random.nextInt(20)) {
          case 0, 1, 2, 3, 4 -> {
            byte[] value = new byte[random.nextInt(100) == 0 ? 500 : random.nextInt(60)];
            random.nextBytes(value);
            engine.write(new KvBatch().put(bytes(key), value));
            model.put(key, value);
          }
          case 5 -> {
            engine.write(new KvBatch().delete(bytes(key)));
            model.remove(key);
          }
          case 6 -> {
            if (round % 50 == 0) {
              engine.write(new KvBatch().deleteRange(bytes("key-2"), bytes("key-3")));
              model.keySet().removeIf(other -> other.startsWith("key-2"));
            }
          }
          default -> assertThat(engine.get(bytes(key))).as(key).isEqualTo(model.get(key));
        }
      }
    }
  }

  @Test
  void aWriteThatFoundNoRoomIsNotRemembered() {
    SimulatedDisk small = new SimulatedDisk();
    try (KvEngine engine =
        new CachedEngine(new InMemoryEngine(small, "elsewhere", 1_000), CACHE_BYTES)) {
      engine.write(new KvBatch().put(bytes("a"), bytes("1")));
      engine.write(new KvBatch().put(bytes("filling"), new byte[1_900]));
      small.setQuotaBytes(500);

      KvBatch refused = new KvBatch().put(bytes("a"), bytes("2")).put(bytes("b"), new byte[900]);
      assertThatThrownBy(() -> engine.write(refused)).isInstanceOf(NoRoomException.class);

      assertThat(engine.get(bytes("a"))).isEqualTo(bytes("1"));
      assertThat(engine.get(bytes("b"))).isNull();
    }
  }
}
