package dev.flotilla.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.kv.engine.InMemoryEngine;
import dev.flotilla.kv.engine.RocksDbEngine;
import dev.flotilla.kv.engine.RocksDbResources;
import dev.flotilla.raft.env.SimulatedDisk;
import dev.flotilla.raft.fsm.AppliedPosition;
import dev.flotilla.raft.fsm.CommittedEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One log, many lives: whatever engine, however cut into batches, wherever it crashed or was
 * replaced by a checkpoint, a replica gives the same answers and has the same hash at the same
 * index.
 */
class ReplayTest {
  private static final KvSettings SMALL = new KvSettings(64, 256, 4, 3_000, 12_000);
  private static final KvOptions OPTIONS = new KvOptions(1, List.of(Replica.ALL_SLOTS), SMALL);
  private static RocksDbResources resources;

  @TempDir private Path root;

  @BeforeAll
  static void shareResources() {
    resources = new RocksDbResources();
  }

  @AfterAll
  static void closeResources() {
    resources.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void h36_h57_everyLifeOfTheSameLogComesToTheSameState(long seed) {
    List<CommittedEntry> log = new RandomLog(seed).entries(1_200);
    Expected expected = applyOneByOne(log);
    try (Life memory = new MemoryLife(log, expected, new Random(seed));
        Life rocks = new RocksLife(log, expected, new Random(~seed), root)) {
      memory.live();
      rocks.live();
      memory.takeOver(rocks.machine);
      assertThat(memory.restarts + rocks.restarts).isPositive();
      assertThat(memory.installs + rocks.installs).isPositive();
    }
  }

  /**
   * H36: the restart stands exactly where the flush left it, and the log from there leads to the
   * same state.
   */
  @Test
  void h36_rocksDbComesBackAtTheFlushedIndexAndReplayLeadsToTheSameState() {
    List<CommittedEntry> log = new RandomLog(36).entries(300);
    Expected expected = applyOneByOne(log);
    AppliedPosition flushed;
    KvStateMachine machine = new KvStateMachine(rocks("state"), OPTIONS);
    machine.apply(log.subList(0, 200));
    flushed = machine.flush();
    assertThat(flushed).isEqualTo(position(log.get(199)));
    machine.apply(log.subList(200, 290));
    machine.close();

    machine = new KvStateMachine(rocks("state"), OPTIONS);
    assertThat(machine.applied()).isEqualTo(flushed);
    assertThat(machine.stateHash()).isEqualTo(expected.hashes.get(199));
    assertThat(flatten(machine.apply(log.subList(200, 300)))).isEqualTo(expected.results(200, 300));
    assertThat(machine.stateHash()).isEqualTo(expected.hashes.get(299));
    assertThat(machine.audit().stateHash()).isEqualTo(machine.stateHash());
    machine.close();
  }

  /**
   * H57: sessions are in every snapshot, so a retry is answered from the table on a replica that
   * never saw the command.
   */
  @Test
  void h57_sessionsTravelInCheckpoints() throws IOException {
    byte[] command = Commands.from(5, 1, Commands.put("k", "v")).toByteArray();
    KvStateMachine source = new KvStateMachine(rocks("source"), OPTIONS);
    source.apply(List.of(entry(1, source.wake().orElseThrow().command())));
    byte[] answer = source.apply(List.of(entry(2, command))).getFirst().getFirst();
    Files.createDirectories(root.resolve("snapshot"));
    assertThat(source.checkpoint("snapshot")).isEqualTo(new AppliedPosition(2, 1));
    source.close();

    KvStateMachine target = new KvStateMachine(rocks("target"), OPTIONS);
    target.install("snapshot");
    assertThat(target.applied()).isEqualTo(new AppliedPosition(2, 1));
    assertThat(target.wake()).isPresent(); // the session's expiry came along
    assertThat(target.apply(List.of(entry(3, command))).getFirst().getFirst()).isEqualTo(answer);
    target.close();
  }

  private RocksDbEngine rocks(String directory) {
    return new RocksDbEngine(root, directory, resources);
  }

  private static CommittedEntry entry(long index, byte[] command) {
    return new CommittedEntry(index, 1, 1_000, List.of(command));
  }

  private static AppliedPosition position(CommittedEntry entry) {
    return new AppliedPosition(entry.index(), entry.term());
  }

  private static List<String> flatten(List<List<byte[]>> results) {
    return results.stream()
        .map(list -> list.stream().map(Arrays::toString).toList().toString())
        .toList();
  }

  private static Expected applyOneByOne(List<CommittedEntry> log) {
    List<String> results = new ArrayList<>();
    List<Long> hashes = new ArrayList<>();
    List<KvStats> stats = new ArrayList<>();
    try (KvStateMachine machine =
        new KvStateMachine(new InMemoryEngine(new SimulatedDisk(), "state"), OPTIONS)) {
      for (CommittedEntry entry : log) {
        results.addAll(flatten(machine.apply(List.of(entry))));
        hashes.add(machine.stateHash());
        stats.add(machine.stats());
      }
    }
    return new Expected(results, hashes, stats);
  }

  /** What every replica must say and be, by entry. */
  private record Expected(List<String> results, List<Long> hashes, List<KvStats> stats) {
    List<String> results(int from, int to) {
      return results.subList(from, to);
    }
  }

  /** A replica's life full of accidents. */
  private abstract static class Life implements AutoCloseable {
    final List<CommittedEntry> log;
    final Expected expected;
    final Random random;
    KvStateMachine machine;
    int restarts;
    int installs;
    private int checkpoints;

    Life(List<CommittedEntry> log, Expected expected, Random random) {
      this.log = log;
      this.expected = expected;
      this.random = random;
    }

    abstract KvStateMachine open();

    abstract void crash();

    abstract String emptyFolder(String name);

    void live() {
      machine = open();
      String saved = null;
      AppliedPosition durable = AppliedPosition.NONE;
      while (machine.applied().index() < log.size()) {
        int from = (int) machine.applied().index();
        int to = Math.min(log.size(), from + random.nextInt(1, 40));
        assertThat(flatten(machine.apply(log.subList(from, to))))
            .isEqualTo(expected.results(from, to));
        check();
        switch (random.nextInt(10)) {
          case 0, 1 -> durable = machine.flush();
          case 2 -> {
            crash();
            machine = open();
            assertThat(machine.applied().index()).isGreaterThanOrEqualTo(durable.index());
            restarts++;
            check();
          }
          case 3 -> {
            saved = emptyFolder("checkpoint-" + checkpoints++);
            assertThat(machine.checkpoint(saved)).isEqualTo(machine.applied());
          }
          case 4 -> {
            if (saved != null && random.nextInt(3) == 0) {
              // As a follower that starts anew and is sent a snapshot.
              machine.install(saved);
              durable = machine.applied();
              installs++;
              saved = null;
              check();
            }
          }
          default -> {}
        }
      }
    }

    /** This life's replica and another agree to the last byte of their hashes. */
    void takeOver(KvStateMachine other) {
      assertThat(machine.applied()).isEqualTo(other.applied());
      assertThat(machine.stateHash()).isEqualTo(other.stateHash());
      assertThat(machine.audit()).isEqualTo(other.audit());
    }

    private void check() {
      int index = (int) machine.applied().index();
      if (index == 0) {
        return;
      }
      assertThat(machine.stateHash()).as("at %d", index).isEqualTo(expected.hashes.get(index - 1));
      assertThat(machine.stats()).isEqualTo(expected.stats.get(index - 1));
      StateAudit audit = machine.audit();
      assertThat(audit.stateHash()).isEqualTo(machine.stateHash());
      assertThat(audit.keys()).isEqualTo(machine.stats().keys());
      assertThat(audit.keyBytes()).isEqualTo(machine.stats().keyBytes());
      assertThat(audit.expiryIndexFits()).isTrue();
      machine.wake(); // asked or not, it changes nothing
    }

    @Override
    public void close() {
      machine.close();
    }
  }

  private static final class MemoryLife extends Life {
    private final SimulatedDisk disk = new SimulatedDisk();

    MemoryLife(List<CommittedEntry> log, Expected expected, Random random) {
      super(log, expected, random);
    }

    @Override
    KvStateMachine open() {
      return new KvStateMachine(new InMemoryEngine(disk, "g1/state"), OPTIONS);
    }

    @Override
    void crash() {
      disk.crash(random);
    }

    @Override
    String emptyFolder(String name) {
      try {
        disk.createDirectories("g1/" + name);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return "g1/" + name;
    }
  }

  private static final class RocksLife extends Life {
    private final Path root;

    RocksLife(List<CommittedEntry> log, Expected expected, Random random, Path root) {
      super(log, expected, random);
      this.root = root;
    }

    @Override
    KvStateMachine open() {
      return new KvStateMachine(new RocksDbEngine(root, "g1/state", resources), OPTIONS);
    }

    @Override
    void crash() {
      machine.close();
    }

    @Override
    String emptyFolder(String name) {
      try {
        Files.createDirectories(root.resolve("g1").resolve(name));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return "g1/" + name;
    }
  }
}
