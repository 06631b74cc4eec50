package dev.flotilla.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.raft.fsm.NoRoomException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** RocksDB on a small file system that others have filled. Skipped where none can be mounted. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RocksDbNoRoomTest {
  private static final byte[] COUNT = "count".getBytes(StandardCharsets.UTF_8);

  /** Half a memtable in one batch: writes come faster than flushes fail. */
  private static final int VALUE_BYTES = 100_000;

  private final RocksDbResources resources =
      new RocksDbResources(new RocksDbResources.Options(4 << 20, 16 << 20, 256 << 10, 1, 1));

  @TempDir private Path root;

  private boolean mounted;
  private int written;

  @BeforeEach
  void mountSmallDisk() throws Exception {
    mounted = run("mount", "-t", "tmpfs", "-o", "size=16m", "flotilla-test", root.toString());
    Assumptions.assumeTrue(mounted, "no small file system can be mounted here");
  }

  @AfterEach
  void unmount() throws Exception {
    resources.close();
    if (mounted) {
      assertThat(run("umount", root.toString())).isTrue();
    }
  }

  /**
   * A write is refused and not kept waiting: one that waits inside RocksDB while a flush finds no
   * room never returns, because the flush that is tried again waits for the write. The other store
   * sees to it that writes wait: it keeps the thread that flushes busy failing.
   */
  @Test
  void writesAreRefusedReadsAreServedAndAllIsThereWhenThereIsRoomAgain() throws Exception {
    Path filler = root.resolve("filler");
    KvEngine engine = new RocksDbEngine(root, "state", resources);
    write(engine);
    engine.flush();
    try (KvEngine other = new RocksDbEngine(root, "other", resources)) {
      fill(filler);
      assertThatThrownBy(
              () -> {
                for (int i = 0; true; i++) {
                  other.write(new KvBatch().put(key(i), noise(i)));
                }
              })
          .isInstanceOf(NoRoomException.class);
      assertThatThrownBy(
              () -> {
                while (true) {
                  write(engine);
                }
              })
          .isInstanceOf(NoRoomException.class);
    }
    int accepted = written;
    for (int i = 0; i < 10; i++) {
      assertThatThrownBy(() -> write(engine)).isInstanceOf(NoRoomException.class);
      assertThat(count(engine)).isEqualTo(accepted);
    }
    assertThatThrownBy(engine::flush).isInstanceOf(EngineException.class);

    Files.delete(filler);
    awaitWrite(engine);
    write(engine);
    engine.flush();
    engine.close();
    try (KvEngine reopened = new RocksDbEngine(root, "state", resources)) {
      assertThat(count(reopened)).isEqualTo(accepted + 2);
      for (int i = 0; i < accepted + 2; i++) {
        assertThat(reopened.get(key(i))).hasSize(VALUE_BYTES);
      }
    }
  }

  /** Closing does not wait for room, and what was flushed is there. */
  @Test
  void aStoreWithoutRoomCanBeClosed() throws Exception {
    Path filler = root.resolve("filler");
    KvEngine engine = new RocksDbEngine(root, "state", resources);
    write(engine);
    engine.flush();
    fill(filler);
    assertThatThrownBy(
            () -> {
              while (true) {
                write(engine);
              }
            })
        .isInstanceOf(NoRoomException.class);
    engine.close();
    Files.delete(filler);
    try (KvEngine reopened = new RocksDbEngine(root, "state", resources)) {
      assertThat(count(reopened)).isPositive();
    }
  }

  private void write(KvEngine engine) {
    engine.write(
        new KvBatch()
            .put(key(written), noise(written))
            .put(COUNT, String.valueOf(written + 1).getBytes(StandardCharsets.UTF_8)));
    written++;
  }

  /** RocksDB looks for room every five seconds. */
  private void awaitWrite(KvEngine engine) {
    long deadlineNanos = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (true) {
      try {
        write(engine);
        return;
      } catch (NoRoomException e) {
        if (System.nanoTime() - deadlineNanos > 0) {
          throw e;
        }
        LockSupport.parkNanos(10_000_000);
      }
    }
  }

  private static int count(KvEngine engine) {
    byte[] value = engine.get(COUNT);
    return value == null ? 0 : Integer.parseInt(new String(value, StandardCharsets.UTF_8));
  }

  private static byte[] key(int number) {
    return ("k" + number).getBytes(StandardCharsets.UTF_8);
  }

  /** Nothing a compression could save room with. */
  private static byte[] noise(int seed) {
    byte[] noise = new byte[VALUE_BYTES];
    new Random(seed).nextBytes(noise);
    return noise;
  }

  private static void fill(Path file) {
    byte[] chunk = new byte[4_096];
    try (OutputStream out = Files.newOutputStream(file)) {
      while (true) {
        out.write(chunk);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
