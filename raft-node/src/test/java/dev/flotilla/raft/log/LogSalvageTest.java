package dev.flotilla.raft.log;

import static dev.flotilla.raft.log.Logs.base;
import static dev.flotilla.raft.log.Logs.entries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.raft.core.HardState;
import dev.flotilla.raft.env.Disk.OpenMode;
import dev.flotilla.raft.env.DiskFile;
import dev.flotilla.raft.env.SimulatedDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * H34, H35: what is kept of a damaged log. Whatever is damaged, a group is either found whole, or
 * it is said that it may not be; it is never silently shorter.
 */
final class LogSalvageTest {
  /** Not an exception that anybody handles: the machine is gone. */
  private static final class PowerLoss extends Error {
    private static final long serialVersionUID = 1L;
  }

  private final SimulatedDisk disk = new SimulatedDisk();

  /** All states the groups went through, at the time of a sync. */
  private final Set<LogModel.Group> past = new HashSet<>();

  private Map<Integer, LogModel.Group> complete = Map.of();
  private WriteAheadLog log;

  @BeforeEach
  void aLogOfTwoLivesAndManySegments() throws IOException {
    log = Logs.open(disk);
    log.create(1, base(0, 0));
    log.create(2, base(5, 1)).setHardState(new HardState(1, 2));
    sync();
    for (long index = 1; index <= 30; index++) {
      log.group(1).orElseThrow().append(entries(index, index, 1));
      if (index % 4 == 0) {
        log.group(2).orElseThrow().append(entries(5 + index / 4, 5 + index / 4, 1));
      }
      if (index == 11) {
        log.group(1).orElseThrow().setHardState(new HardState(4, 3));
      }
      sync();
    }
    disk.kill();
    log = Logs.open(disk);
    log.group(2).orElseThrow().compactTo(base(12, 1));
    for (long index = 31; index <= 45; index++) {
      log.group(1).orElseThrow().append(entries(index, index, 2));
      sync();
    }
    log.group(2).orElseThrow().append(entries(13, 14, 2));
    sync();
    rest();
  }

  private void sync() throws IOException {
    log.sync();
    complete = LogModel.of(log);
    past.addAll(complete.values());
  }

  /** The log is at rest for a while, and then the node is down. */
  private void rest() throws IOException {
    log.seal();
    for (String name : disk.list("wal")) {
      try (DiskFile file = disk.open("wal/" + name, OpenMode.READ_WRITE)) {
        file.sync();
      }
    }
    disk.kill();
  }

  /** Opens the log of a damaged disk the way a node does; returns the groups that lost nothing. */
  private Set<Integer> repair(SimulatedDisk damaged) throws IOException {
    try {
      return LogModel.of(Logs.open(damaged)).keySet();
    } catch (LogDamagedException e) {
      try (LogSalvage salvage = LogSalvage.read(damaged, "wal", Logs.IDENTITY)) {
        Set<Integer> whole = salvage.whole();
        assertThat(whole).allSatisfy(group -> assertThat(salvage.cut()).doesNotContain(group));
        salvage.replaceLog(Logs.TINY);
        return whole;
      }
    }
  }

  private void checkRepaired(SimulatedDisk damaged, Set<Integer> whole, String what)
      throws IOException {
    damaged.crashLosingAllUnsynced();
    Map<Integer, LogModel.Group> found = LogModel.of(Logs.open(damaged));
    for (int group : complete.keySet()) {
      if (whole.contains(group)) {
        assertThat(found.get(group)).as(what).isEqualTo(complete.get(group));
      } else if (found.containsKey(group)) {
        assertThat(past).as(what).contains(found.get(group));
      }
    }
  }

  @Test
  void aFlippedBitAnywhereLeavesEachGroupWholeOrSaidToBeCut() throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    int repaired = 0;
    for (String name : disk.list("wal")) {
      int size = disk.content("wal/" + name).length;
      for (int position = 0; position < size; position += 1 + random.nextInt(30)) {
        SimulatedDisk copy = disk.durableImage();
        copy.flipBit("wal/" + name, position, random.nextInt(8));
        Set<Integer> whole = repair(copy);
        checkRepaired(copy, whole, name + " at " + position);
        repaired += whole.size() < complete.size() ? 1 : 0;
      }
    }
    assertThat(repaired).isGreaterThan(200);
  }

  @Test
  void lostAndMisdirectedWritesAreNoticed() throws IOException {
    for (String name : disk.list("wal")) {
      byte[] content = disk.content("wal/" + name);
      for (int at = 0; at + 512 <= content.length; at += 512) {
        byte[] sector = Arrays.copyOfRange(content, at, at + 512);
        if (Arrays.equals(sector, new byte[512])) {
          continue;
        }
        for (int from : new int[] {-1, at - 512, at + 512}) {
          SimulatedDisk copy = disk.durableImage();
          byte[] instead =
              from < 0 || from + 512 > content.length
                  ? new byte[512]
                  : Arrays.copyOfRange(content, from, from + 512);
          overwrite(copy, "wal/" + name, at, instead);
          checkRepaired(copy, repair(copy), name + " at " + at + " from " + from);
        }
      }
    }
  }

  @Test
  void aMissingSegmentIsNoticed() throws IOException {
    List<String> names = disk.list("wal");
    for (String name : names.subList(0, names.size() - 2)) {
      SimulatedDisk copy = disk.durableImage();
      copy.delete("wal/" + name);
      copy.syncDirectory("wal");
      checkRepaired(copy, repair(copy), name);
    }
  }

  /** Group 2 has compacted everything it had in the old segments. */
  @Test
  void damageToWhatAGroupNeedsNoMoreCostsItNothing() throws IOException {
    String oldest = "wal/" + disk.list("wal").getFirst();
    disk.flipBit(oldest, 1024 + 60, 0);
    assertThat(repair(disk)).containsExactly(2);
    checkRepaired(disk, Set.of(2), oldest);
    assertThat(LogModel.of(Logs.open(disk)).get(1)).isNull();
  }

  @Test
  void theValidBeginningOfADamagedGroupIsKept() throws IOException {
    List<String> names = disk.list("wal");
    String middle = "wal/" + names.get(names.size() / 2);
    disk.flipBit(middle, 1024 + 60, 0);
    assertThat(repair(disk)).containsExactly(2);
    LogModel.Group kept = LogModel.of(Logs.open(disk)).get(1);
    assertThat(kept.lastIndex()).isBetween(10L, 40L);
    assertThat(kept.entries())
        .isEqualTo(complete.get(1).entries().subList(0, (int) kept.lastIndex()));
  }

  @Test
  void anotherNodesSegmentIsNotSalvaged() {
    assertThatThrownBy(() -> LogSalvage.read(disk, "wal", new LogIdentity(2, 7)))
        .isInstanceOf(ForeignLogException.class);
  }

  /** The power fails at every operation of the repair in turn. */
  @Test
  void aRepairThatIsInterruptedIsDoneAgainOrCompleted() throws IOException {
    String oldest = "wal/" + disk.list("wal").getFirst();
    disk.flipBit(oldest, 1024 + 60, 0);
    SplittableRandom random = new SplittableRandom(7);
    boolean interrupted = true;
    for (int operations = 0; interrupted; operations++) {
      SimulatedDisk copy = disk.durableImage();
      int[] left = {operations};
      copy.setFaults((operation, path) -> {
        if (left[0]-- == 0) {
          throw new PowerLoss();
        }
      });
      interrupted = false;
      try {
        repair(copy);
      } catch (PowerLoss e) {
        interrupted = true;
      }
      copy.setFaults(SimulatedDisk.Faults.NONE);
      copy.crash(random.split());
      repair(copy);
      checkRepaired(copy, Set.of(2), "after " + operations + " operations");
      assertThat(copy.list("")).containsExactly("wal");
    }
  }

  /**
   * The last sync before a rest is proven like every other: H34's gap is only as long as the log is
   * busy.
   */
  @Test
  void aSealedLogHasNoTailThatDamageCouldPassFor() throws IOException {
    List<String> cut = new ArrayList<>();
    String last = "";
    for (String name : disk.list("wal")) {
      last = disk.content("wal/" + name).length > 1024 ? "wal/" + name : last;
    }
    byte[] content = disk.content(last);
    int end = content.length;
    while (content[end - 1] == 0) {
      end--;
    }
    for (int at = 512; at < end - 40; at += 16) {
      SimulatedDisk copy = disk.durableImage();
      copy.flipBit(last, at, 1);
      try {
        if (!LogModel.of(Logs.open(copy)).equals(complete)) {
          cut.add(last + " at " + at);
        }
      } catch (LogDamagedException e) {
        assertThat(e).hasMessageContaining("wal/");
      }
    }
    assertThat(cut).isEmpty();
  }

  private static void overwrite(SimulatedDisk disk, String path, int at, byte[] bytes)
      throws IOException {
    try (DiskFile file = disk.open(path, OpenMode.READ_WRITE)) {
      file.write(at, ByteBuffer.wrap(bytes));
      file.sync();
    }
  }
}
