package dev.flotilla.bench.micro;

import dev.flotilla.balancer.ring.RingGroup;
import dev.flotilla.balancer.ring.SlotTable;
import dev.flotilla.slot.Slots;
import java.util.List;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** From a key to its slot to the group that owns it. */
public class RingLookupBenchmark extends MicroBenchmark {
  /** A power of two. */
  private static final int KEYS = 4_096;

  @Param({"3", "128"})
  int groups;

  private final byte[][] keys = new byte[KEYS][];
  private SlotTable table;
  private int next;

  @Setup
  public void prepare() {
    for (int i = 0; i < KEYS; i++) {
      keys[i] = SetCommands.key(i * 7_919);
    }
    List<RingGroup> ring =
        IntStream.rangeClosed(1, groups).mapToObj(id -> new RingGroup(id, "g" + id, 1)).toList();
    table = SlotTable.fromRing(ring, 1);
  }

  @Benchmark
  public int groupOfKey() {
    next = (next + 1) & (KEYS - 1);
    return table.groupOf(Slots.of(keys[next]));
  }
}
