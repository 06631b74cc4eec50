package dev.flotilla.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** As in production: a thread of its own writes to RocksDB while others go on. */
final class WriteBackOverRocksDbTest extends RocksDbEngineTest {
  private static final int BYTES = 32 << 10;
  private static final int SCANNED_PREFIX = 'k' << 8;
  private static final ExecutorService DRAINS =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());

  @AfterAll
  static void endThread() {
    DRAINS.close();
  }

  @Override
  KvEngine open() {
    return new WriteBackEngine(super.open(), DRAINS, BYTES, SCANNED_PREFIX);
  }

  @Test
  void readsAndScansSeeEveryWriteWhileItIsOnItsWay() {
    Random random = new Random(5);
    NavigableMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
    try (KvEngine engine = new WriteBackEngine(otherStore(), DRAINS, BYTES, SCANNED_PREFIX)) {
      for (int round = 0; round < 30_000; round++) {
        byte[] key = bytes((random.nextBoolean() ? "jey-" : "key-") + random.nextInt(600));
        if (random.nextInt(3) == 0) {
          byte[] value = new byte[random.nextInt(120)];
          random.nextBytes(value);
          engine.write(new KvBatch().put(key, value));
          model.put(key, value);
        } else if (random.nextInt(10) == 0) {
          engine.write(new KvBatch().delete(key));
          model.remove(key);
        } else if (random.nextInt(500) == 0) {
          Map<String, String> seen = new HashMap<>();
          engine.scan(key, (found, value) -> seen.put(text(found), Arrays.toString(value)) == null);
          Map<String, String> expected = new HashMap<>();
          model
              .tailMap(key, true)
              .forEach((found, value) -> expected.put(text(found), Arrays.toString(value)));
          assertThat(seen).isEqualTo(expected);
        } else {
          assertThat(engine.get(key)).isEqualTo(model.get(key));
        }
      }
    }
  }
}
