package dev.flotilla.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.raft.env.SimulatedDisk;
import dev.flotilla.raft.fsm.NoRoomException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InMemoryEngineTest extends SimulatedDiskContract {
  @Override
  KvEngine open() {
    return new InMemoryEngine(disk, STORE);
  }

  /**
   * H33, H42: the power goes before each operation of an install in turn; it is old or new, and can
   * be done again.
   */
  @Test
  void h42_aCrashAnywhereInAnInstallLeavesOldOrNewAndItCanBeRepeated() throws Exception {
    try (KvEngine source = new InMemoryEngine(disk, "elsewhere")) {
      source.write(new KvBatch().put(bytes("new"), new byte[200_000]));
      source.checkpoint(emptyFolder("received"));
    }
    String received = "snapshots/received";
    disk.syncDirectory("snapshots");
    Random random = new Random(42);
    boolean finished = false;
    int points = 0;
    for (int survive = 0; !finished; survive++) {
      disk.setFaults(SimulatedDisk.Faults.NONE);
      disk.deleteRecursively(STORE);
      try (KvEngine old = open()) {
        old.write(new KvBatch().put(bytes("old"), bytes("1")));
        old.flush();
      }
      KvEngine engine = open();
      AtomicInteger left = new AtomicInteger(survive);
      disk.setFaults((operation, path) -> {
        if (left.getAndDecrement() <= 0) {
          throw new IllegalStateException("power loss");
        }
      });
      try {
        engine.install(received);
        finished = true;
      } catch (IllegalStateException e) {
        points++;
      }
      disk.setFaults(SimulatedDisk.Faults.NONE);
      disk.crash(random);
      KvEngine reopened = open();
      boolean isOld = reopened.get(bytes("old")) != null;
      boolean isNew = reopened.get(bytes("new")) != null;
      assertThat(isOld ^ isNew).isTrue();
      assertThat(finished && isOld).isFalse();
      reopened.install(received);
      assertThat(reopened.get(bytes("new"))).hasSize(200_000);
      assertThat(reopened.get(bytes("old"))).isNull();
    }
    assertThat(points).isGreaterThan(8);
  }

  /** As the engine of production does when its memtable is full and the disk as well. */
  @Test
  void aWriteThatMustFlushAndFindsNoRoomChangesNothing() throws Exception {
    KvEngine engine = new InMemoryEngine(disk, STORE, 1_000);
    engine.write(new KvBatch().put(bytes("a"), new byte[900]));
    assertThat(disk.exists(STORE + "/IMAGE")).isFalse();
    engine.write(new KvBatch().put(bytes("b"), new byte[900]));
    disk.setQuotaBytes(500);
    KvBatch third = new KvBatch().delete(bytes("a")).put(bytes("c"), new byte[900]);
    assertThatThrownBy(() -> engine.write(third)).isInstanceOf(NoRoomException.class);
    assertThat(engine.get(bytes("a"))).hasSize(900);
    assertThat(engine.get(bytes("c"))).isNull();
    assertThat(disk.usableBytes()).isEqualTo(500);
    disk.setQuotaBytes(Long.MAX_VALUE);
    engine.write(third);
    assertThat(engine.get(bytes("a"))).isNull();
    crash(engine);
    try (KvEngine reopened = open()) {
      assertThat(reopened.get(bytes("b"))).hasSize(900);
      assertThat(reopened.get(bytes("c"))).isNull();
    }
  }

  @Test
  void anInstallWithoutRoomLeavesTheOldContent() throws Exception {
    try (KvEngine source = new InMemoryEngine(disk, "elsewhere")) {
      source.write(new KvBatch().put(bytes("new"), new byte[9_000]));
      source.checkpoint(emptyFolder("received"));
    }
    KvEngine engine = open();
    engine.write(new KvBatch().put(bytes("old"), bytes("1")));
    long used = Long.MAX_VALUE - disk.usableBytes();
    disk.setQuotaBytes(used + 4_000);
    assertThatThrownBy(() -> engine.install("snapshots/received"))
        .isInstanceOf(NoRoomException.class);
    assertThat(engine.get(bytes("old"))).isNotNull();
    disk.setQuotaBytes(Long.MAX_VALUE);
    engine.install("snapshots/received");
    assertThat(engine.get(bytes("old"))).isNull();
    assertThat(engine.get(bytes("new"))).hasSize(9_000);
  }

  @Test
  void aDamagedImageIsNotOpened() throws Exception {
    try (KvEngine engine = open()) {
      engine.write(new KvBatch().put(bytes("a"), bytes("1")));
      engine.flush();
    }
    disk.flipBit(STORE + "/IMAGE", 25, 0);
    assertThatThrownBy(this::open)
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("damaged");
    disk.flipBit(STORE + "/IMAGE", 25, 0);
  }
}
