package dev.flotilla.raft.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.raft.core.Entry;
import dev.flotilla.raft.core.EntryKind;
import dev.flotilla.raft.core.HardState;
import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.SimulatedDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random work on a log over a disk that dies at random moments: power loss, killed processes,
 * failing fsyncs, in the middle of recovery too. After each death the log must be in the state
 * synced last, or in one that it went through later (H11, H13, H27, H32, H34, H39).
 */
final class LogCrashTest {
  private static final int GROUPS = 3;
  private static final int STEPS = 400;
  private static final int SEEDS = 120;

  /** Not an exception that anybody handles: the machine is gone. */
  private static final class PowerLoss extends Error {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void nothingSyncedIsLostAndNothingIsInvented() throws IOException {
    for (long seed = 0; seed < SEEDS; seed++) {
      run(seed, false, STEPS);
    }
  }

  /**
   * Batches begin at sector boundaries, so a sector lost while it is written takes nothing
   * acknowledged.
   */
  @Test
  void sectorsThatAreLostWholeTakeNothingSyncedWithThem() throws IOException {
    for (long seed = 1000; seed < 1000 + SEEDS; seed++) {
      run(seed, true, STEPS);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theSameSeedMakesTheSameLog(long seed) throws IOException {
    assertThat(run(seed, false, 100)).isEqualTo(run(seed, false, 100));
  }

  private static String run(long seed, boolean wholeSectors, int steps) throws IOException {
    SimulatedDisk disk = new SimulatedDisk();
    disk.setTearWholeSectors(wholeSectors);
    try {
      return new Run(disk, new SplittableRandom(seed)).play(steps);
    } catch (IOException | RuntimeException | AssertionError e) {
      throw new AssertionError("seed " + seed + (wholeSectors ? ", whole sectors" : ""), e);
    }
  }

  /** H33: a log on a disk that forgets to sync folders is caught by this very test. */
  @Test
  void aForgottenFolderSyncWouldBeNoticed() {
    int noticed = 0;
    for (long seed = 0; seed < 20; seed++) {
      SimulatedDisk disk = new SimulatedDisk();
      try {
        new Run(disk, new ForgetfulDisk(disk), new SplittableRandom(seed)).play(STEPS);
      } catch (IOException | AssertionError expected) {
        noticed++;
      }
    }
    assertThat(noticed).isGreaterThan(10);
  }

  private static final class Run {
    private final SimulatedDisk machine;
    private final Disk disk;
    private final RandomGenerator random;
    private final LogModel model = new LogModel();
    private WriteAheadLog log;
    private long term = 1;

    Run(SimulatedDisk disk, RandomGenerator random) throws IOException {
      this(disk, disk, random);
    }

    Run(SimulatedDisk machine, Disk disk, RandomGenerator random) throws IOException {
      this.machine = machine;
      this.disk = disk;
      this.random = random;
      this.log = Logs.open(disk);
    }

    String play(int steps) throws IOException {
      for (int step = 0; step < steps; step++) {
        if (random.nextInt(12) == 0) {
          scheduleDeath();
        }
        try {
          step();
        } catch (PowerLoss e) {
          restart();
        } catch (IOException | UncheckedIOException e) {
          assertThat(e).hasStackTraceContaining("EIO");
          assertThatThrownBy(log::sync).isInstanceOf(IOException.class);
          restart();
        }
      }
      machine.setFaults(SimulatedDisk.Faults.NONE);
      restart();
      machine.setFaults(SimulatedDisk.Faults.NONE);
      return LogModel.of(log).toString();
    }

    /** One of the next operations of the disk will be the last one, or an fsync fails. */
    private void scheduleDeath() {
      int[] left = {random.nextInt(random.nextBoolean() ? 10 : 60)};
      boolean failSync = random.nextInt(4) == 0;
      machine.setFaults((operation, path) -> {
        if (failSync) {
          if (operation == SimulatedDisk.Operation.SYNC && left[0]-- <= 0) {
            throw new IOException("EIO");
          }
        } else if (left[0]-- <= 0) {
          throw new PowerLoss();
        }
      });
    }

    private void restart() throws IOException {
      while (true) {
        if (random.nextInt(3) == 0) {
          machine.kill();
        } else {
          machine.crash(random);
        }
        machine.setFaults(SimulatedDisk.Faults.NONE);
        if (random.nextInt(3) == 0) {
          scheduleDeath();
        }
        try {
          log = Logs.open(disk);
          model.recoveredTo(LogModel.of(log));
          return;
        } catch (PowerLoss e) {
          continue;
        } catch (IOException e) {
          if (e instanceof LogDamagedException || !"EIO".equals(e.getMessage())) {
            throw e;
          }
        }
      }
    }

    private void step() throws IOException {
      int group = 1 + random.nextInt(GROUPS);
      if (random.nextInt(3) == 0) {
        log.sync();
        model.synced();
      } else if (!model.latest().containsKey(group)) {
        long index = random.nextInt(20);
        model.create(group, Logs.base(index, index == 0 ? 0 : term));
        log.create(group, Logs.base(index, index == 0 ? 0 : term));
      } else {
        change(group, log.group(group).orElseThrow());
      }
    }

    private void change(int group, GroupLog target) {
      LogModel.Group known = model.group(group);
      switch (random.nextInt(20)) {
        case 0 -> {
          model.remove(group);
          log.remove(group);
        }
        case 1 -> {
          long index = known.lastIndex() + random.nextInt(10);
          model.resetTo(group, Logs.base(index, term));
          target.resetTo(Logs.base(index, term));
        }
        case 2, 3, 4 -> {
          long index =
              known.base().index() + random.nextLong(known.lastIndex() - known.base().index() + 1);
          model.compactTo(group, Logs.base(index, term));
          target.compactTo(Logs.base(index, term));
        }
        case 5, 6, 7 -> {
          term++;
          HardState state = new HardState(term, random.nextInt(4));
          model.setHardState(group, state);
          target.setHardState(state);
        }
        case 8 -> assertThat(LogModel.of(log)).isEqualTo(model.latest());
        default -> append(group, target, known);
      }
    }

    private void append(int group, GroupLog target, LogModel.Group known) {
      long first = known.lastIndex() + 1;
      if (random.nextInt(4) == 0) {
        first -= random.nextLong(known.lastIndex() - known.base().index() + 1);
      }
      List<Entry> entries = new ArrayList<>();
      int count = 1 + random.nextInt(random.nextInt(10) == 0 ? 20 : 4);
      for (int i = 0; i < count; i++) {
        byte[] payload = new byte[random.nextInt(random.nextInt(20) == 0 ? 3000 : 100)];
        random.nextBytes(payload);
        entries.add(
            new Entry(first + i, term, EntryKind.COMMAND, random.nextLong(1_000_000), payload));
      }
      model.append(group, entries);
      target.append(entries);
    }
  }
}
