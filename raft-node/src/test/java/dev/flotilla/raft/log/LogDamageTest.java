package dev.flotilla.raft.log;

import static dev.flotilla.raft.log.Logs.all;
import static dev.flotilla.raft.log.Logs.base;
import static dev.flotilla.raft.log.Logs.describe;
import static dev.flotilla.raft.log.Logs.entries;
import static dev.flotilla.raft.log.Logs.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.flotilla.raft.core.HardState;
import dev.flotilla.raft.env.Disk.OpenMode;
import dev.flotilla.raft.env.DiskFile;
import dev.flotilla.raft.env.SimulatedDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** H34: a torn tail is cut, damage is refused, and the two are not taken for each other. */
final class LogDamageTest {
  private static final String FIRST = "wal/0000000000000001.wal";

  /** Where the batch of the first sync stands: the opening batch is one sector long. */
  private static final int FIRST_SYNC = 1024;

  private SimulatedDisk disk;
  private WriteAheadLog log;

  @BeforeEach
  void open() throws IOException {
    disk = new SimulatedDisk();
    log = Logs.open(disk);
  }

  private void syncedEntries(int group, long from, long to) throws IOException {
    for (long index = from; index <= to; index++) {
      log.group(group).orElseThrow().append(entries(index, index, 1));
      log.sync();
    }
  }

  private void cutPowerAtTheNextSync() {
    disk.setFaults((operation, path) -> {
      if (operation == SimulatedDisk.Operation.SYNC) {
        throw new IOException("power loss");
      }
    });
    assertThatThrownBy(log::sync).hasMessage("power loss");
    disk.setFaults(SimulatedDisk.Faults.NONE);
    disk.kill();
  }

  private List<String> recovered(int group) throws IOException {
    log = Logs.open(disk);
    return all(log.group(group).orElseThrow());
  }

  @Test
  void aTornTailIsCutAndTheLogGoesOn() throws IOException {
    log.create(1, base(0, 0));
    syncedEntries(1, 1, 2);
    for (int life = 0; life < 5; life++) {
      log.group(1).orElseThrow().append(entries(3 + life, 3 + life, 9));
      cutPowerAtTheNextSync();
      String last = lastWithBatches();
      disk.flipBit(last, lastByte(disk.content(last)), 0);
      assertThat(recovered(1)).isEqualTo(describe(entries(1, 2 + life, 1)));
      syncedEntries(1, 3 + life, 3 + life);
    }
    disk.crashLosingAllUnsynced();
    assertThat(recovered(1)).isEqualTo(describe(entries(1, 7, 1)));
  }

  @Test
  void aTornTailIsToldAndAnEndInPeaceIsNot() throws IOException {
    log.create(1, base(0, 0));
    syncedEntries(1, 1, 2);
    Logger logger = (Logger) LoggerFactory.getLogger(Recovery.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    logger.setLevel(Level.INFO);
    try {
      disk.kill();
      recovered(1);
      assertThat(lines.list).isEmpty();
      log.group(1).orElseThrow().append(entries(3, 3, 9));
      cutPowerAtTheNextSync();
      String last = lastWithBatches();
      disk.flipBit(last, lastByte(disk.content(last)), 0);
      recovered(1);
      assertThat(lines.list)
          .singleElement()
          .satisfies(line ->
              assertThat(line.getFormattedMessage())
                  .startsWith("event=log-torn-tail-cut file=" + last + " at=")
                  .contains("of group 1, index 3"));
    } finally {
      logger.detachAppender(lines);
      logger.setLevel(null);
    }
  }

  /** The segment written to last; a prepared one may stand behind it. */
  private String lastWithBatches() throws IOException {
    String last = FIRST;
    for (String name : disk.list("wal")) {
      last = lastByte(disk.content("wal/" + name)) > 512 ? "wal/" + name : last;
    }
    return last;
  }

  private static int lastByte(byte[] content) {
    int at = content.length - 1;
    while (content[at] == 0) {
      at--;
    }
    return at;
  }

  @Test
  void damageBeforeASyncedBatchIsRefusedByName() throws IOException {
    log.create(7, base(0, 0));
    log.group(7).orElseThrow().append(entries(1, 3, 1));
    log.sync();
    syncedEntries(7, 4, 4);
    disk.kill();
    int create = 40 + 16 + 3 * 4;
    int firstEntry = 40 + entry(1, 1).payload().length;
    disk.flipBit(FIRST, FIRST_SYNC + 40 + create + firstEntry + 45, 3);
    assertThatThrownBy(() -> Logs.open(disk))
        .isInstanceOf(LogDamagedException.class)
        .hasMessageStartingWith(
            FIRST
                + " at byte 1024: batch 2 is lost (a record that claims to be ENTRY of group 7, index 2,"
                + " fails its checksum), and batch 3 in "
                + FIRST
                + " at byte 1536");
  }

  /**
   * Within a sync the disk may write later sectors and not earlier ones. What follows the hole was
   * written by the same sync, so nobody was told of any of it.
   */
  @Test
  void aHoleWithinTheLastSyncIsATornTail() throws IOException {
    log.create(1, base(0, 0));
    syncedEntries(1, 1, 1);
    int before = lastByte(disk.content(FIRST)) / 512 * 512 + 512;
    log.group(1).orElseThrow().append(entries(2, 40, 1));
    cutPowerAtTheNextSync();
    disk.flipBit(FIRST, before + 1100, 0);
    List<String> recovered = recovered(1);
    assertThat(recovered).isEqualTo(describe(entries(1, recovered.size(), 1)));
    assertThat(recovered).hasSizeBetween(2, 35);
  }

  @Test
  void theSameHoleIsDamageOnceTheSyncReturnedAndAnotherFollowed() throws IOException {
    log.create(1, base(0, 0));
    syncedEntries(1, 1, 1);
    int before = lastByte(disk.content(FIRST)) / 512 * 512 + 512;
    log.group(1).orElseThrow().append(entries(2, 30, 1));
    log.sync();
    syncedEntries(1, 31, 31);
    disk.kill();
    disk.flipBit(FIRST, before + 1100, 0);
    assertThatThrownBy(() -> Logs.open(disk)).isInstanceOf(LogDamagedException.class);
  }

  /**
   * Everything but the last sync must come back, or the log must be refused; no flipped bit may
   * pass.
   */
  @Test
  void everyFlippedBitIsRefusedOrHarmless() throws IOException {
    log.create(1, base(0, 0));
    log.create(2, base(5, 1)).setHardState(new HardState(3, 2));
    syncedEntries(1, 1, 12);
    disk.kill();
    log = Logs.open(disk);
    syncedEntries(1, 13, 24);
    log.group(1).orElseThrow().compactTo(base(3, 1));
    log.sync();
    Map<Integer, LogModel.Group> beforeLast = LogModel.of(log);
    syncedEntries(1, 25, 25);
    Map<Integer, LogModel.Group> complete = LogModel.of(log);
    SplittableRandom random = new SplittableRandom(1);
    int refused = 0;
    for (String name : disk.list("wal")) {
      int size = disk.content("wal/" + name).length;
      for (int position = 0; position < size; position += 1 + random.nextInt(12)) {
        SimulatedDisk copy = disk.durableImage();
        copy.flipBit("wal/" + name, position, random.nextInt(8));
        try {
          assertThat(LogModel.of(Logs.open(copy)))
              .as("%s at %d", name, position)
              .isIn(complete, beforeLast);
        } catch (LogDamagedException | ForeignLogException e) {
          assertThat(e).hasMessageContaining("wal/");
          refused++;
        }
      }
    }
    assertThat(refused).isGreaterThan(300);
  }

  @Test
  void aMissingSegmentIsRefused() throws IOException {
    log.create(1, base(0, 0));
    syncedEntries(1, 1, 40);
    List<String> names = disk.list("wal");
    assertThat(names).hasSizeGreaterThan(4);
    for (String name : names.subList(0, names.size() - 2)) {
      SimulatedDisk copy = disk.durableImage();
      copy.delete("wal/" + name);
      assertThatThrownBy(() -> Logs.open(copy)).as(name).isInstanceOf(LogDamagedException.class);
    }
  }

  @Test
  void aMisplacedSegmentIsRefused() throws IOException {
    log.create(1, base(0, 0));
    syncedEntries(1, 1, 40);
    disk.kill();
    disk.rename("wal/0000000000000002.wal", "wal/0000000000000003.wal");
    assertThatThrownBy(() -> Logs.open(disk))
        .isInstanceOf(LogDamagedException.class)
        .hasMessageContaining("the file holds segment 2");
  }

  /** A write that was acknowledged by the disk and went nowhere, or somewhere else. */
  @Test
  void aStaleBatchInPlaceOfALaterOneIsRefused() throws IOException {
    log.create(1, base(0, 0));
    syncedEntries(1, 1, 4);
    disk.kill();
    byte[] content = disk.content(FIRST);
    try (DiskFile file = disk.open(FIRST, OpenMode.READ_WRITE)) {
      file.write(FIRST_SYNC + 512, ByteBuffer.wrap(content, FIRST_SYNC, 512));
    }
    assertThatThrownBy(() -> Logs.open(disk)).isInstanceOf(LogDamagedException.class);
  }

  /** Valid by itself, in the right place, with the right number: and not what was written there. */
  @Test
  void aBatchOfAnotherHistoryIsRefused() throws IOException {
    SimulatedDisk other = new SimulatedDisk();
    for (SimulatedDisk each : List.of(disk, other)) {
      each.deleteRecursively("wal");
      log = Logs.open(each);
      GroupLog group = log.create(1, base(0, 0));
      log.sync();
      for (int index = 1; index <= 3; index++) {
        group.append(List.of(entry(index, 1, each == disk ? "ours" : "else")));
        log.sync();
      }
    }
    disk.kill();
    try (DiskFile file = disk.open(FIRST, OpenMode.READ_WRITE)) {
      file.write(FIRST_SYNC + 512, ByteBuffer.wrap(other.content(FIRST), FIRST_SYNC + 512, 512));
    }
    assertThatThrownBy(() -> Logs.open(disk))
        .isInstanceOf(LogDamagedException.class)
        .hasMessageContaining("does not follow the one before");
  }

  /** H50: a disk from another node, or from this one before it was replaced. */
  @Test
  void anotherNodesOrIncarnationsLogIsRefused() {
    disk.kill();
    assertThatThrownBy(
            () -> WriteAheadLog.open(disk, "wal", new LogIdentity(2, 0xabcdefL), Logs.TINY))
        .isInstanceOf(ForeignLogException.class)
        .hasMessageContaining("was written by node 1 in incarnation abcdef, this is node 2");
    assertThatThrownBy(
            () -> WriteAheadLog.open(disk, "wal", new LogIdentity(1, 0xabcdeeL), Logs.TINY))
        .isInstanceOf(ForeignLogException.class);
  }

  @Test
  void aRefusedStartLeavesTheLogAsItWas() throws IOException {
    log.create(1, base(0, 0));
    syncedEntries(1, 1, 9);
    disk.kill();
    disk.flipBit(FIRST, FIRST_SYNC + 50, 1);
    List<String> names = disk.list("wal");
    byte[] content = disk.content(FIRST);
    assertThatThrownBy(() -> Logs.open(disk)).isInstanceOf(LogDamagedException.class);
    assertThat(disk.list("wal")).isEqualTo(names);
    assertThat(disk.content(FIRST)).isEqualTo(content);
    disk.flipBit(FIRST, FIRST_SYNC + 50, 1);
    assertThat(recovered(1)).isEqualTo(describe(entries(1, 9, 1)));
  }

  @Test
  void theMovedTailIsGoneFromItsOldPlaceBeforeAnythingElseIsWritten() throws IOException {
    log.create(1, base(0, 0));
    syncedEntries(1, 1, 3);
    disk.kill();
    log = Logs.open(disk);
    assertThat(disk.durableImage().content(FIRST)).hasSize(FIRST_SYNC + 2 * 512);
    syncedEntries(1, 4, 4);
    disk.kill();
    disk.flipBit(lastWithBatches(), 520, 1);
    assertThatThrownBy(() -> Logs.open(disk)).isInstanceOf(LogDamagedException.class);
  }

  @Test
  void damageFoundWhileReadingIsReportedAndNotReturned() throws IOException {
    log.create(3, base(0, 0));
    syncedEntries(3, 1, 5);
    disk.flipBit(FIRST, FIRST_SYNC + 40 + 68 + 45, 2);
    assertThatThrownBy(() -> log.group(3).orElseThrow().read(1, 5, 10_000))
        .isInstanceOf(UncheckedIOException.class)
        .cause()
        .isInstanceOf(LogDamagedException.class)
        .hasMessage(FIRST + " at byte 1132: entry 1 of group 3 is damaged");
    assertThat(log.group(3).orElseThrow().read(2, 5, 10_000)).hasSize(4);
  }
}
