package dev.flotilla.raft.log;

import static dev.flotilla.raft.log.Logs.all;
import static dev.flotilla.raft.log.Logs.base;
import static dev.flotilla.raft.log.Logs.describe;
import static dev.flotilla.raft.log.Logs.entries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.raft.core.HardState;
import dev.flotilla.raft.env.SimulatedDisk;
import dev.flotilla.raft.env.SimulatedDisk.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Disks that fail under a log. */
final class LogFailureTest {
  private SimulatedDisk disk;
  private WriteAheadLog log;
  private GroupLog group;

  @BeforeEach
  void open() throws IOException {
    disk = new SimulatedDisk();
    log = Logs.open(disk);
    group = log.create(1, base(0, 0));
    group.append(entries(1, 2, 1));
    log.sync();
  }

  private void fail(Operation failing) {
    disk.setFaults((operation, path) -> {
      if (operation == failing) {
        throw new IOException("EIO");
      }
    });
  }

  /** H32: whoever tries an fsync again is told a lie. */
  @Test
  void theFirstFailedSyncPoisonsTheLogForGood() {
    fail(Operation.SYNC);
    group.append(entries(3, 3, 1));
    assertThatThrownBy(log::sync).isInstanceOf(IOException.class).hasMessage("EIO");
    disk.setFaults(SimulatedDisk.Faults.NONE);
    assertThatThrownBy(log::sync).isInstanceOf(IOException.class).hasRootCauseMessage("EIO");
    assertThatThrownBy(() -> group.append(entries(4, 4, 1)))
        .isInstanceOf(UncheckedIOException.class)
        .hasRootCauseMessage("EIO");
    assertThatThrownBy(() -> group.setHardState(new HardState(1, 1)))
        .isInstanceOf(UncheckedIOException.class);
    assertThatThrownBy(() -> group.compactTo(base(1, 1))).isInstanceOf(UncheckedIOException.class);
    assertThatThrownBy(() -> group.resetTo(base(1, 1))).isInstanceOf(UncheckedIOException.class);
    assertThatThrownBy(() -> log.create(2, base(0, 0))).isInstanceOf(UncheckedIOException.class);
    assertThatThrownBy(() -> log.remove(1)).isInstanceOf(UncheckedIOException.class);
    assertThatThrownBy(() -> group.read(1, 1, 100)).isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void aFailedWritePoisonsTheLogToo() {
    fail(Operation.WRITE);
    group.append(entries(3, 3, 1));
    assertThatThrownBy(log::sync).hasMessage("EIO");
    disk.setFaults(SimulatedDisk.Faults.NONE);
    assertThatThrownBy(log::sync).hasRootCauseMessage("EIO");
  }

  @Test
  void aWriteThatFailsBecauseTheBufferIsFullPoisonsTheLogToo() {
    fail(Operation.WRITE);
    assertThatThrownBy(() -> group.append(entries(3, 100, 1)))
        .isInstanceOf(UncheckedIOException.class)
        .hasRootCauseMessage("EIO");
    assertThatThrownBy(log::sync).hasRootCauseMessage("EIO");
  }

  /**
   * H32, one step further: the process ends as it must, the next one reads what the kernel still
   * has in its cache, and believes it. It must not be lost afterwards.
   */
  @Test
  void whatANewProcessReadsFromTheCacheIsDurableBeforeItIsBelieved() throws IOException {
    fail(Operation.SYNC);
    group.append(entries(3, 3, 1));
    assertThatThrownBy(log::sync).hasMessage("EIO");
    disk.setFaults(SimulatedDisk.Faults.NONE);
    disk.kill();
    log = Logs.open(disk);
    assertThat(all(log.group(1).orElseThrow())).isEqualTo(describe(entries(1, 3, 1)));
    disk.crashLosingAllUnsynced();
    log = Logs.open(disk);
    assertThat(all(log.group(1).orElseThrow())).isEqualTo(describe(entries(1, 3, 1)));
  }

  @Test
  void aFullDiskStopsTheLogAndRoomBringsItBack() throws IOException {
    disk.setQuotaBytes(100_000);
    long index = 3;
    while (true) {
      group.append(entries(index, index, 1));
      try {
        log.sync();
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("no space left");
        break;
      }
      index++;
    }
    assertThat(log.sizeBytes()).as("used before giving up").isGreaterThan(80_000);
    disk.setQuotaBytes(Long.MAX_VALUE);
    disk.crashLosingAllUnsynced();
    log = Logs.open(disk);
    assertThat(all(log.group(1).orElseThrow())).isEqualTo(describe(entries(1, index - 1, 1)));
    log.group(1).orElseThrow().append(entries(index, index, 1));
    log.sync();
  }

  @Test
  void aSegmentThatCannotBePreparedIsTriedAgainAndTheLogGoesOnMeanwhile() throws IOException {
    disk.setFaults((operation, path) -> {
      if (operation == Operation.CREATE) {
        throw new IOException("no space left on device");
      }
    });
    for (int index = 3; index <= 30; index++) {
      group.append(entries(index, index, 1));
      log.sync();
    }
    assertThat(disk.list("wal")).hasSize(1);
    disk.setFaults(SimulatedDisk.Faults.NONE);
    for (int index = 31; index <= 60; index++) {
      group.append(entries(index, index, 1));
      log.sync();
    }
    assertThat(disk.list("wal")).hasSizeGreaterThan(3);
    disk.crashLosingAllUnsynced();
    log = Logs.open(disk);
    assertThat(all(log.group(1).orElseThrow())).isEqualTo(describe(entries(1, 60, 1)));
  }

  @Test
  void aFailingDiskIsNoticedWhenSegmentsAreMadeOrDeleted() throws IOException {
    fail(Operation.RENAME);
    assertThatThrownBy(
            () -> {
              for (int index = 3; index <= 60; index++) {
                group.append(entries(index, index, 1));
                log.sync();
              }
            })
        .hasMessage("the next segment could not be made")
        .hasRootCauseMessage("EIO");
    assertThatThrownBy(log::sync).isInstanceOf(IOException.class);
  }

  @Test
  void aDiskThatFailedInTheBackgroundIsNoticedBeforeItsWorkIsNeeded() throws IOException {
    fail(Operation.RENAME);
    long index = 3;
    while (!disk.list("wal").toString().contains(".tmp")) {
      log.checkBackground();
      group.append(entries(index, index, 1));
      log.sync();
      index++;
    }
    assertThatThrownBy(log::checkBackground)
        .hasMessage("the next segment could not be made")
        .hasRootCauseMessage("EIO");
    long next = index;
    assertThatThrownBy(() -> group.append(entries(next, next, 1)))
        .isInstanceOf(UncheckedIOException.class)
        .hasRootCauseMessage("EIO");
    assertThatThrownBy(log::sync).hasRootCauseMessage("EIO");
  }

  @Test
  void aClosedLogRefusesWork() throws IOException {
    log.close();
    assertThatThrownBy(log::sync).hasRootCauseMessage("the log is closed");
    assertThatThrownBy(() -> group.append(entries(3, 3, 1)))
        .isInstanceOf(UncheckedIOException.class);
    log.close();
  }

  @Test
  void aReadErrorIsNotTakenForAnEndOfTheLog() {
    disk.kill();
    fail(Operation.READ);
    assertThatThrownBy(() -> Logs.open(disk)).hasMessage("EIO");
  }
}
