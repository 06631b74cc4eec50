package dev.flotilla.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.raft.env.SimulatedDisk;
import dev.flotilla.raft.fsm.NoRoomException;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** Memory in front changes nothing of what an engine promises. */
class WriteBackEngineTest extends SimulatedDiskContract {
  private static final int BYTES = 8 << 10;

  /** The letters from k on are in the tree. */
  private static final int SCANNED_PREFIX = 'k' << 8;

  @Override
  KvEngine open() {
    return writeBack(new InMemoryEngine(disk, STORE));
  }

  private KvEngine writeBack(KvEngine engine) {
    return new WriteBackEngine(engine, drains(), BYTES, SCANNED_PREFIX);
  }

  /** Who writes what has gathered. */
  Executor drains() {
    return Runnable::run;
  }

  @Test
  void readsTheSameAsWithoutItWhateverComesInBetween() {
    Random random = new Random(7);
    Map<String, byte[]> model = new HashMap<>();
    try (KvEngine engine = writeBack(new InMemoryEngine(new SimulatedDisk(), "elsewhere"))) {
      for (int round = 0; round < 20_000; round++) {
        String key = (random.nextBoolean() ? "key-" : "jey-") + random.nextInt(400);
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
              engine.write(new KvBatch().deleteRange(bytes("jey-2"), bytes("key-3")));
              model
                  .keySet()
                  .removeIf(other -> other.compareTo("jey-2") >= 0 && other.compareTo("key-3") < 0);
            }
          }
          default -> assertThat(engine.get(bytes(key))).as(key).isEqualTo(model.get(key));
        }
      }
    }
  }

  @Test
  void aWriteThatFindsNoRoomLeavesNothingAndGoesThroughLater() {
    SimulatedDisk small = new SimulatedDisk();
    try (KvEngine engine = writeBack(new InMemoryEngine(small, "elsewhere", 1_000))) {
      small.setQuotaBytes(500);
      int accepted = 0;
      NoRoomException refusal = null;
      while (refusal == null) {
        KvBatch batch =
            new KvBatch()
                .put(bytes("count"), bytes(Integer.toString(accepted + 1)))
                .put(bytes("last"), bytes(Integer.toString(accepted + 1)))
                .put(bytes("filling-" + accepted), new byte[100]);
        try {
          engine.write(batch);
          accepted++;
        } catch (NoRoomException e) {
          refusal = e;
        }
        assertThat(accepted).as("accepted without room").isLessThan(1_000);
      }
      assertThat(engine.get(bytes("count"))).isEqualTo(bytes(Integer.toString(accepted)));
      assertThat(engine.get(bytes("last"))).isEqualTo(bytes(Integer.toString(accepted)));
      assertThat(engine.get(bytes("filling-" + accepted))).isNull();
      assertThatThrownBy(engine::flush).isInstanceOf(NoRoomException.class);

      small.setQuotaBytes(1 << 20);
      engine.write(new KvBatch().put(bytes("count"), bytes("more")));
      engine.flush();
      for (int i = 0; i < accepted; i++) {
        assertThat(engine.get(bytes("filling-" + i))).hasSize(100);
      }
      assertThat(engine.get(bytes("count"))).isEqualTo(bytes("more"));
    }
  }

  /** H36: what reaches the engine below is what some write left, whenever it is looked at. */
  @Test
  void h36_theEngineBelowAlwaysStandsAtTheEndOfAWrite() {
    KvEngine below = new InMemoryEngine(new SimulatedDisk(), "elsewhere");
    try (KvEngine engine = writeBack(below)) {
      Random random = new Random(36);
      int drained = 0;
      byte[] before = null;
      for (int i = 0; i < 3_000; i++) {
        byte[] mark = bytes(Integer.toString(i));
        engine.write(
            new KvBatch()
                .put(bytes("first"), mark)
                .put(bytes("jey-" + random.nextInt(100)), new byte[random.nextInt(80)])
                .put(bytes("zzz last"), mark));
        byte[] stands = below.get(bytes("first"));
        assertThat(below.get(bytes("zzz last"))).isEqualTo(stands);
        if (stands != null && !Arrays.equals(stands, before)) {
          drained++;
          before = stands;
        }
      }
      assertThat(drained).isBetween(30, 1_000);
    }
  }

  @Test
  void aWriteLargerThanTheMemoryGoesThrough() {
    KvEngine below = new InMemoryEngine(new SimulatedDisk(), "elsewhere");
    try (KvEngine engine = writeBack(below)) {
      engine.write(new KvBatch().put(bytes("a"), bytes("1")).put(bytes("z"), bytes("1")));
      engine.write(new KvBatch().put(bytes("a"), new byte[BYTES]).delete(bytes("z")));
      assertThat(below.get(bytes("a"))).hasSize(BYTES);
      assertThat(engine.get(bytes("a"))).hasSize(BYTES);
      assertThat(engine.get(bytes("z"))).isNull();
    }
  }

  @Test
  void aFailureBelowIsNotForgotten() {
    SimulatedDisk failing = new SimulatedDisk();
    try (KvEngine engine = writeBack(new InMemoryEngine(failing, "elsewhere", 100))) {
      engine.write(new KvBatch().put(bytes("a"), new byte[200]));
      engine.flush();
      failing.setFaults((operation, path) -> {
        throw new IOException("the disk is broken");
      });
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 1_000; i++) {
                  engine.write(new KvBatch().put(bytes("a" + i), new byte[200]));
                }
              })
          .isInstanceOf(EngineException.class);
    }
  }
}
