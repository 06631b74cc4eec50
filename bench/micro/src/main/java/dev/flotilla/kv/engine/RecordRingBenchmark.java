package dev.flotilla.kv.engine;

import dev.flotilla.bench.micro.MicroBenchmark;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * The ring of records, in the package of the class it measures, which is nobody else's business.
 * Keys are drawn uniformly, so that most of what is looked at is not in the processor's caches.
 */
public class RecordRingBenchmark extends MicroBenchmark {
  private static final int CAPACITY_BYTES = 128 << 20;

  /** A value with what the state machine keeps beside it. */
  private static final int RECORD_BYTES = VALUE_BYTES + 24;

  /** How many keys were drawn beforehand; a power of two. */
  private static final int DRAWN = 1 << 16;

  @Param("100000")
  int keys;

  private final RecordRing ring = new RecordRing(CAPACITY_BYTES);
  private final byte[] record = new byte[RECORD_BYTES];
  private final byte[][] present = new byte[DRAWN][];
  private final byte[][] absent = new byte[DRAWN][];
  private int next;

  @Setup
  public void fill() {
    for (int i = 0; i < keys; i++) {
      put(key("key-", i));
    }
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < DRAWN; i++) {
      int number = random.nextInt(keys);
      present[i] = key("key-", number);
      absent[i] = key("not-", number);
    }
  }

  private static byte[] key(String prefix, int number) {
    return "%s%012d".formatted(prefix, number).getBytes(StandardCharsets.UTF_8);
  }

  @Benchmark
  public byte @Nullable [] hit() {
    return ring.get(draw(present));
  }

  @Benchmark
  public byte @Nullable [] miss() {
    return ring.get(draw(absent));
  }

  /** A record of the same size takes the place of the one before. */
  @Benchmark
  public void replace() {
    put(draw(present));
  }

  private void put(byte[] key) {
    if (!ring.hasRoomFor(2 * RECORD_BYTES)) {
      ring.freeze();
      ring.release();
    }
    ring.put(key, record);
  }

  private byte[] draw(byte[][] from) {
    next = (next + 1) & (DRAWN - 1);
    return from[next];
  }
}
