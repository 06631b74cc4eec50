package dev.flotilla.bench.micro;

import dev.flotilla.kv.KvOptions;
import dev.flotilla.kv.KvStateMachine;
import dev.flotilla.kv.SlotRange;
import dev.flotilla.kv.engine.InMemoryEngine;
import dev.flotilla.kv.engine.KvEngine;
import dev.flotilla.kv.engine.RocksDbEngine;
import dev.flotilla.kv.engine.RocksDbResources;
import dev.flotilla.kv.engine.WriteBackEngine;
import dev.flotilla.raft.fsm.CommittedEntry;
import dev.flotilla.slot.Slots;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The state machine applies an entry of 64 SETs of one client, each of which replaces a key's
 * record and the client's session in the key's slot. Flushes and compactions of RocksDB happen as
 * they fall due, on their own threads.
 */
public class ApplyBenchmark extends MicroBenchmark {

  /** What is under the state machine, behind a cache of records in both cases. */
  public enum Engine {
    ROCKSDB,
    /** A tree on the heap. */
    MEMORY
  }

  private static final int RECORD_BYTES = 64 << 20;

  /** Different commands; afterwards they come again. */
  private static final int COMMANDS = 32_768;

  @Param Engine engine = Engine.MEMORY;

  @Param("100000")
  int keys;

  private ScratchFolder folder;
  private RocksDbResources resources;
  private ExecutorService drains;
  private KvStateMachine machine;
  private SetCommands commands;
  private long clockMillis = Replicas.STAMP_MILLIS;

  @Setup
  public void open() throws IOException {
    folder = ScratchFolder.create();
    resources = new RocksDbResources();
    drains = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
    KvEngine store =
        switch (engine) {
          case ROCKSDB -> new RocksDbEngine(folder.path(), "state", resources);
          case MEMORY -> new InMemoryEngine(new DiscardingDisk(), "state");
        };
    machine =
        new KvStateMachine(
            new WriteBackEngine(
                store,
                engine == Engine.ROCKSDB ? drains : Runnable::run,
                RECORD_BYTES,
                KvStateMachine.SCANNED_PREFIX),
            new KvOptions(1, List.of(new SlotRange(0, Slots.COUNT))));
    apply(List.of(machine.wake().orElseThrow().command()));
    commands = new SetCommands(COMMANDS, BATCH, keys, new SplittableRandom(7));
    for (int i = 0; i < COMMANDS; i += BATCH) {
      apply(commands.nextBatch());
    }
  }

  @TearDown
  public void close() throws IOException {
    machine.close();
    drains.close();
    resources.close();
    folder.close();
  }

  @Benchmark
  public List<List<byte[]>> apply() {
    return apply(commands.nextBatch());
  }

  private List<List<byte[]>> apply(List<byte[]> entry) {
    return machine.apply(
        List.of(
            new CommittedEntry(
                machine.applied().index() + 1, Replicas.TERM, ++clockMillis, entry)));
  }
}
