package dev.flotilla.raft.log;

import static dev.flotilla.raft.log.Logs.all;
import static dev.flotilla.raft.log.Logs.base;
import static dev.flotilla.raft.log.Logs.describe;
import static dev.flotilla.raft.log.Logs.entries;
import static dev.flotilla.raft.log.Logs.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.raft.core.Entry;
import dev.flotilla.raft.core.EntryKind;
import dev.flotilla.raft.core.HardState;
import dev.flotilla.raft.core.LogBase;
import dev.flotilla.raft.core.Member;
import dev.flotilla.raft.core.Membership;
import dev.flotilla.raft.env.SimulatedDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class WriteAheadLogTest {
  private final SimulatedDisk disk = new SimulatedDisk();
  private WriteAheadLog log;

  @BeforeEach
  void open() throws IOException {
    log = Logs.open(disk);
  }

  /** What a power loss that keeps nothing unsynced leaves. */
  private void crash() throws IOException {
    disk.crashLosingAllUnsynced();
    log = Logs.open(disk);
  }

  private GroupLog group(int group) {
    return log.group(group).orElseThrow();
  }

  @Test
  void aNewLogIsEmpty() throws IOException {
    assertThat(log.groups()).isEmpty();
    assertThat(log.group(1)).isEmpty();
    assertThat(log.isDirty()).isFalse();
    crash();
    assertThat(log.groups()).isEmpty();
  }

  @Test
  void tellsWhetherAFolderHoldsALog() throws IOException {
    assertThat(WriteAheadLog.exists(disk, Logs.DIRECTORY)).isTrue();
    assertThat(WriteAheadLog.exists(disk, "elsewhere")).isFalse();
  }

  @Test
  void whatWasSyncedSurvivesPowerLoss() throws IOException {
    GroupLog g1 = log.create(1, base(0, 0));
    g1.setHardState(new HardState(5, 2));
    g1.append(entries(1, 3, 5));
    log.create(2, base(7, 4)).append(entries(8, 8, 4));
    assertThat(log.isDirty()).isTrue();
    log.sync();
    assertThat(log.isDirty()).isFalse();
    g1.append(entries(4, 4, 5));
    crash();
    assertThat(log.groups()).containsExactly(1, 2);
    assertThat(group(1).hardState()).isEqualTo(new HardState(5, 2));
    assertThat(all(group(1))).isEqualTo(describe(entries(1, 3, 5)));
    assertThat(group(2).base()).isEqualTo(base(7, 4));
    assertThat(all(group(2))).isEqualTo(describe(entries(8, 8, 4)));
  }

  @Test
  void entriesCanBeReadBeforeTheyAreWritten() {
    GroupLog g1 = log.create(1, base(0, 0));
    g1.append(entries(1, 30, 1));
    assertThat(all(g1)).isEqualTo(describe(entries(1, 30, 1)));
  }

  @Test
  void everyKindOfEntryComesBackAsItWas() throws IOException {
    List<Entry> entries =
        List.of(
            new Entry(1, 1, EntryKind.NOOP, 0, new byte[0]),
            new Entry(2, 9, EntryKind.MEMBERSHIP, -5, new byte[] {1, 2, 3}),
            new Entry(3, Long.MAX_VALUE, EntryKind.COMMAND, Long.MAX_VALUE, new byte[3000]));
    log.create(1, base(0, 0)).append(entries);
    log.sync();
    crash();
    assertThat(all(group(1))).isEqualTo(describe(entries));
  }

  @Test
  void aBaseKeepsItsMembership() throws IOException {
    LogBase joint =
        new LogBase(4, 2, new Membership(Set.of(1, 2), Set.of(2, 3), Set.of(4), Set.of(3)));
    LogBase bound =
        new LogBase(9, 3, joint.membership().with(new Member(2, 0x77, "host:7002", false, 0)));
    LogBase empty = new LogBase(0, 0, Membership.EMPTY);
    log.create(1, joint);
    log.create(2, bound);
    log.create(3, empty);
    log.sync();
    crash();
    assertThat(group(1).base()).isEqualTo(joint);
    assertThat(group(2).base()).isEqualTo(bound);
    assertThat(group(3).base()).isEqualTo(empty);
  }

  @Test
  void appendingBelowTheEndReplacesTheTail() throws IOException {
    GroupLog g1 = log.create(1, base(0, 0));
    g1.append(entries(1, 10, 1));
    log.sync();
    g1.append(entries(4, 5, 2));
    assertThat(g1.lastIndex()).isEqualTo(5);
    log.sync();
    crash();
    List<Entry> expected = new ArrayList<>(entries(1, 3, 1));
    expected.addAll(entries(4, 5, 2));
    assertThat(all(group(1))).isEqualTo(describe(expected));
  }

  @Test
  void appendsMustFit() {
    GroupLog g1 = log.create(1, base(5, 1));
    g1.append(entries(6, 8, 1));
    assertThatThrownBy(() -> g1.append(entries(10, 10, 1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> g1.append(entries(5, 6, 1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> g1.append(List.of(entry(9, 1), entry(11, 1))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(all(g1)).isEqualTo(describe(entries(6, 8, 1)));
  }

  @Test
  void compactionForgetsThePrefixAndKeepsTheRest() throws IOException {
    GroupLog g1 = log.create(1, base(0, 0));
    g1.append(entries(1, 10, 1));
    g1.compactTo(base(4, 1));
    assertThat(g1.base()).isEqualTo(base(4, 1));
    assertThatThrownBy(() -> g1.read(4, 5, 100)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> g1.compactTo(base(3, 1))).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> g1.compactTo(base(11, 1)))
        .isInstanceOf(IllegalArgumentException.class);
    log.sync();
    crash();
    assertThat(all(group(1))).isEqualTo(describe(entries(5, 10, 1)));
    group(1).compactTo(base(10, 1));
    assertThat(group(1).lastIndex()).isEqualTo(10);
    assertThat(group(1).sizeBytes()).isZero();
  }

  @Test
  void resettingEmptiesTheLogAndStartsItElsewhere() throws IOException {
    GroupLog g1 = log.create(1, base(0, 0));
    g1.append(entries(1, 10, 1));
    g1.setHardState(new HardState(3, 1));
    g1.resetTo(base(100, 3));
    assertThat(g1.lastIndex()).isEqualTo(100);
    g1.append(entries(101, 102, 3));
    log.sync();
    crash();
    assertThat(group(1).hardState()).isEqualTo(new HardState(3, 1));
    assertThat(all(group(1))).isEqualTo(describe(entries(101, 102, 3)));
  }

  @Test
  void aRemovedGroupIsGoneAndCanBeCreatedAgain() throws IOException {
    GroupLog old = log.create(1, base(0, 0));
    old.append(entries(1, 3, 1));
    log.sync();
    log.remove(1);
    assertThatThrownBy(() -> old.append(entries(4, 4, 1)))
        .isInstanceOf(IllegalStateException.class);
    log.sync();
    crash();
    assertThat(log.groups()).isEmpty();
    log.create(1, base(50, 5));
    log.sync();
    crash();
    assertThat(group(1).lastIndex()).isEqualTo(50);
    assertThat(group(1).hardState()).isEqualTo(HardState.INITIAL);
  }

  @Test
  void readsAreBoundedByBytesButGiveAtLeastOneEntry() throws IOException {
    GroupLog g1 = log.create(1, base(0, 0));
    g1.append(List.of(entry(1, 1, "x".repeat(100)), entry(2, 1, "y"), entry(3, 1, "z")));
    log.sync();
    assertThat(g1.read(1, 3, 0)).hasSize(1);
    assertThat(g1.read(1, 3, 197)).hasSize(2);
    assertThat(g1.read(1, 3, 246)).hasSize(3);
    assertThat(g1.read(2, 2, 1000)).hasSize(1);
    assertThat(g1.sizeBytes()).isEqualTo(102 + 3L * Entry.OVERHEAD_BYTES);
  }

  @Test
  void entriesLargerThanBufferAndSegmentPass() throws IOException {
    GroupLog g1 = log.create(1, base(0, 0));
    List<Entry> large =
        List.of(entry(1, 1), entry(2, 1, "large ".repeat(50_000)), entry(3, 1), entry(4, 1));
    g1.append(large);
    assertThat(all(g1)).isEqualTo(describe(large));
    log.sync();
    assertThat(all(g1)).isEqualTo(describe(large));
    crash();
    assertThat(all(group(1))).isEqualTo(describe(large));
  }

  @Test
  void anEmptySyncDoesNothing() throws IOException {
    long before = log.syncs();
    log.sync();
    assertThat(log.syncs()).isEqualTo(before);
    log.create(1, base(0, 0));
    log.sync();
    assertThat(log.syncs()).isEqualTo(before + 1);
  }

  @Test
  void oneSyncServesAllGroups() throws IOException {
    for (int group = 1; group <= 20; group++) {
      log.create(group, base(0, 0)).append(entries(1, 3, 1));
    }
    long before = log.syncs();
    log.sync();
    assertThat(log.syncs()).isEqualTo(before + 1);
  }

  @Test
  void segmentsThatNobodyNeedsAreDeletedOldestFirst() throws IOException {
    GroupLog g1 = log.create(1, base(0, 0));
    GroupLog g2 = log.create(2, base(0, 0));
    g2.append(entries(1, 1, 1));
    for (int index = 1; index <= 200; index++) {
      g1.append(entries(index, index, 1));
      log.sync();
    }
    long full = log.sizeBytes();
    assertThat(full).isGreaterThan(100_000);
    g1.compactTo(base(200, 1));
    log.sync();
    assertThat(log.sizeBytes()).as("group 2 holds the oldest segment").isEqualTo(full + 512);
    assertThat(log.groupHoldingOldestSegment()).contains(2);
    g2.compactTo(base(1, 1));
    log.sync();
    assertThat(log.sizeBytes()).isLessThan(3 * Logs.TINY.segmentBytes());
    assertThat(log.groupHoldingOldestSegment()).isEmpty();
    crash();
    assertThat(group(1).lastIndex()).isEqualTo(200);
    assertThat(group(2).lastIndex()).isEqualTo(1);
  }

  /** H53: a slow group must be found when it holds everybody's log. */
  @Test
  void theGroupThatHoldsTheOldestSegmentIsNamed() throws IOException {
    GroupLog slow = log.create(7, base(0, 0));
    GroupLog busy = log.create(3, base(0, 0));
    slow.append(entries(1, 1, 1));
    for (int index = 1; index <= 50; index++) {
      busy.append(entries(index, index, 1));
      log.sync();
    }
    busy.compactTo(base(50, 1));
    log.sync();
    assertThat(log.groupHoldingOldestSegment()).contains(7);
    assertThat(slow.sizeBytes()).isLessThan(200);
  }

  @Test
  void manyGroupsRollAndRecover() throws IOException {
    int groups = 500;
    for (int group = 1; group <= groups; group++) {
      log.create(group, base(group, 1)).setHardState(new HardState(group, 1));
    }
    log.sync();
    for (int round = 1; round <= 5; round++) {
      for (int group = 1; group <= groups; group++) {
        group(group).append(entries(group + round, group + round, 2));
      }
      log.sync();
    }
    crash();
    assertThat(log.groups()).hasSize(groups);
    for (int group = 1; group <= groups; group++) {
      assertThat(group(group).hardState()).isEqualTo(new HardState(group, 1));
      assertThat(all(group(group))).isEqualTo(describe(entries(group + 1, group + 5, 2)));
    }
  }

  /** H58: a group's end leaves nothing behind. */
  @Test
  void creatingAndRemovingGroupsDoesNotGrowTheLog() throws IOException {
    for (int group = 1; group <= 10_000; group++) {
      log.create(group, base(0, 0)).append(entries(1, 1, 1));
      if (group > 1) {
        log.remove(group - 1);
      }
      log.sync();
    }
    assertThat(log.groups()).containsExactly(10_000);
    assertThat(log.sizeBytes()).isLessThan(3 * Logs.TINY.segmentBytes());
    assertThat(disk.list(Logs.DIRECTORY)).hasSizeLessThan(5);
  }

  @Test
  void startingAgainAndAgainDoesNotGrowTheLog() throws IOException {
    log.create(1, base(0, 0)).append(entries(1, 5, 1));
    log.sync();
    for (int start = 0; start < 50; start++) {
      crash();
    }
    assertThat(all(group(1))).isEqualTo(describe(entries(1, 5, 1)));
    assertThat(disk.list(Logs.DIRECTORY)).hasSizeLessThan(4);
  }
}
