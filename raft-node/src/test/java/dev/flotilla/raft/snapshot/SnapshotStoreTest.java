package dev.flotilla.raft.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.raft.core.LogBase;
import dev.flotilla.raft.core.Membership;
import dev.flotilla.raft.env.SimulatedDisk;
import dev.flotilla.raft.snapshot.SnapshotStore.StoredSnapshot;
import java.io.IOException;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class SnapshotStoreTest {
  private static final String DIRECTORY = "snapshots/g1";
  private static final Membership VOTERS =
      new Membership(Set.of(1, 2, 3), Set.of(1, 2, 4), Set.of(5), Set.of(4));

  private final SimulatedDisk disk = new SimulatedDisk();

  @Test
  void aPublishedSnapshotIsTheLatestWithItsBaseAndMembership() throws IOException {
    SnapshotStore store = open();
    LogBase base = new LogBase(100, 7, VOTERS);

    StoredSnapshot published = store.publish(staged(store, 3_000, 0), base, 1_234);

    assertThat(published.base()).isEqualTo(base);
    assertThat(published.directory()).isEqualTo(DIRECTORY + "/100-7");
    assertThat(published.manifest().getStampMillis()).isEqualTo(1_234);
    assertThat(published.manifest().getFilesList())
        .extracting(f -> f.getName() + " " + f.getSizeBytes())
        .containsExactly("file-0 3000", "file-1 0");
    assertThat(store.latest()).contains(published);
    assertThat(store.verify(published)).isTrue();
    assertThat(open().latest()).contains(published);
  }

  /** H44: the order is that of indexes, not of names or times. */
  @Test
  void theLatestIsTheOneWithTheHighestIndex() throws IOException {
    SnapshotStore store = open();
    publish(store, 1_000);
    publish(store, 99);
    publish(store, 200);

    assertThat(store.latest().orElseThrow().base().index()).isEqualTo(1_000);
    assertThat(open().latest().orElseThrow().base().index()).isEqualTo(1_000);
  }

  /** H44. */
  @Test
  void pruningNeverDeletesTheNewest() throws IOException {
    SnapshotStore store = open();
    publish(store, 9);
    publish(store, 1_000);
    publish(store, 200);

    store.prune(0);

    assertThat(disk.list(DIRECTORY)).containsExactly("1000-3");
    assertThat(open().latest().orElseThrow().base().index()).isEqualTo(1_000);
  }

  /** What is not installed yet may be what a restart asks for. */
  @Test
  void pruningBeforeAnIndexKeepsThatOneAndWhatCameAfterIt() throws IOException {
    SnapshotStore store = open();
    publish(store, 1);
    publish(store, 2);
    publish(store, 3);
    publish(store, 4);

    store.pruneBefore(3);
    assertThat(disk.list(DIRECTORY)).containsExactly("3-3", "4-3");

    store.pruneBefore(100);
    assertThat(disk.list(DIRECTORY)).containsExactly("4-3");
  }

  @Test
  void pruningKeepsAsManyAsAskedAndWhatIsHeld() throws IOException {
    SnapshotStore store = open();
    StoredSnapshot held = publish(store, 1);
    publish(store, 2);
    publish(store, 3);
    publish(store, 4);
    SnapshotStore.Hold first = store.hold(held);
    SnapshotStore.Hold second = store.hold(held);

    store.prune(2);
    assertThat(disk.list(DIRECTORY)).containsExactly("1-3", "3-3", "4-3");

    first.close();
    first.close();
    store.prune(2);
    assertThat(disk.list(DIRECTORY)).containsExactly("1-3", "3-3", "4-3");

    second.close();
    store.prune(2);
    assertThat(disk.list(DIRECTORY)).containsExactly("3-3", "4-3");
  }

  /** H33, H42: cut the power at every single operation of a publication. */
  @Test
  void aPowerLossDuringPublicationLeavesEitherNothingOrAll() throws IOException {
    int whole = 0;
    int nothing = 0;
    for (int cut = 1; cut < 200; cut++) {
      SimulatedDisk torn = new SimulatedDisk();
      SnapshotStore store = new SnapshotStore(torn, DIRECTORY, 1);
      StoredSnapshot before = store.publish(staged(torn, store, 700), base(50), 0);
      String staging = staged(torn, store, 2_000, 0, 3_000);
      boolean finished = publishUntilPowerLoss(torn, store, staging, cut);
      torn.setFaults(SimulatedDisk.Faults.NONE);
      torn.crash(new SplittableRandom(cut));

      SnapshotStore after = new SnapshotStore(torn, DIRECTORY, 1);
      StoredSnapshot latest = after.latest().orElseThrow();
      assertThat(after.verify(latest)).as("cut before operation %d", cut).isTrue();
      assertThat(torn.list(DIRECTORY)).allMatch(name -> name.matches("(50|100)-3"));
      if (latest.base().index() == 100) {
        whole++;
      } else {
        assertThat(latest).isEqualTo(before);
        assertThat(finished).as("cut before operation %d", cut).isFalse();
        nothing++;
      }
      if (finished) {
        break;
      }
    }
    assertThat(whole).isPositive();
    assertThat(nothing).isPositive();
  }

  /** Thrown through everything, as the end of the world would be. */
  private static final class PowerLoss extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static boolean publishUntilPowerLoss(
      SimulatedDisk torn, SnapshotStore store, String staging, int cut) throws IOException {
    int[] operations = {0};
    torn.setFaults((operation, path) -> {
      if (++operations[0] >= cut) {
        throw new PowerLoss();
      }
    });
    try {
      store.publish(staging, base(100), 0);
      return true;
    } catch (PowerLoss expected) {
      return false;
    }
  }

  @Test
  void aPowerLossDuringPruningLeavesNoHalfSnapshot() throws IOException {
    for (int cut = 1; cut < 40; cut++) {
      SimulatedDisk torn = new SimulatedDisk();
      SnapshotStore store = new SnapshotStore(torn, DIRECTORY, 1);
      store.publish(staged(torn, store, 2_000, 500), base(50), 0);
      StoredSnapshot newest = store.publish(staged(torn, store, 700), base(100), 0);
      int[] operations = {0};
      int at = cut;
      torn.setFaults((operation, path) -> {
        if (++operations[0] >= at) {
          throw new PowerLoss();
        }
      });
      try {
        store.prune(1);
      } catch (PowerLoss expected) {
        // The test's own.
      }
      torn.setFaults(SimulatedDisk.Faults.NONE);
      torn.crash(new SplittableRandom(cut));

      SnapshotStore after = new SnapshotStore(torn, DIRECTORY, 1);
      assertThat(after.latest()).contains(newest);
      for (String name : torn.list(DIRECTORY)) {
        assertThat(name).matches("(50|100)-3");
        assertThat(torn.list(DIRECTORY + "/" + name)).contains(ManifestFile.NAME);
      }
    }
  }

  @Test
  void whatACrashLeftInStagingIsSweptAway() throws IOException {
    SnapshotStore store = open();
    staged(store, 500);
    staged(store, 500);

    open();

    assertThat(disk.list(DIRECTORY)).isEmpty();
  }

  @Test
  void stagingFoldersAreNeverSharedAndAlwaysEmpty() throws IOException {
    SnapshotStore store = open();

    String one = staged(store, 5);
    String other = store.newStagingDirectory();

    assertThat(one).isNotEqualTo(other);
    assertThat(disk.list(other)).isEmpty();
  }

  @Test
  void publishingTheSamePositionAgainKeepsWhatIsThere() throws IOException {
    SnapshotStore store = open();
    StoredSnapshot first = publish(store, 100);

    StoredSnapshot again = store.publish(staged(store, 9), base(100), 99);

    assertThat(again).isEqualTo(first);
    assertThat(disk.list(DIRECTORY)).containsExactly("100-3");
  }

  @Test
  void damageIsFoundInFilesAndInTheManifest() throws IOException {
    SnapshotStore store = open();
    StoredSnapshot older = publish(store, 50);
    StoredSnapshot snapshot = publish(store, 100);
    disk.flipBit(snapshot.directory() + "/file-0", 10, 1);
    assertThat(store.verify(snapshot)).isFalse();

    disk.flipBit(snapshot.directory() + "/" + ManifestFile.NAME, 20, 1);
    assertThat(open().latest()).contains(older);
  }

  @Test
  void aSnapshotWithAMissingOrShortFileIsNotOffered() throws IOException {
    SnapshotStore store = open();
    StoredSnapshot snapshot = publish(store, 100);
    disk.delete(snapshot.directory() + "/file-0");
    assertThat(store.verify(snapshot)).isFalse();
    assertThat(open().latest()).isEmpty();

    SnapshotFleet.write(disk, snapshot.directory() + "/file-0", new byte[1]);
    assertThat(store.verify(snapshot)).isFalse();
    assertThat(open().latest()).isEmpty();
  }

  @Test
  void aDamagedSnapshotGivesWayToANewOneOfTheSamePosition() throws IOException {
    StoredSnapshot rotten = publish(open(), 100);
    disk.delete(rotten.directory() + "/file-0");
    SnapshotStore store = open();

    StoredSnapshot good = publish(store, 100);

    assertThat(store.verify(good)).isTrue();
    assertThat(store.latest()).contains(good);
  }

  @Test
  void aDamagedSnapshotIsPrunedOnceThereIsAGoodOne() throws IOException {
    StoredSnapshot rotten = publish(open(), 100);
    disk.delete(rotten.directory() + "/file-0");
    SnapshotStore store = open();

    store.prune(1);
    assertThat(disk.list(DIRECTORY)).containsExactly("100-3");

    publish(store, 90);
    store.prune(1);
    assertThat(disk.list(DIRECTORY)).containsExactly("90-3");
  }

  @Test
  void aSnapshotOfAnotherGroupInTheFolderIsNotUsed() throws IOException {
    publish(open(), 100);

    assertThat(new SnapshotStore(disk, DIRECTORY, 2).latest()).isEmpty();
  }

  /** H32: the checkpoint's files may not be on disk, so nothing is published. */
  @Test
  void aFailedSyncPublishesNothing() throws IOException {
    SnapshotStore store = open();
    String staging = staged(store, 500);
    disk.setFaults((operation, path) -> {
      if (operation == SimulatedDisk.Operation.SYNC) {
        throw new IOException("injected");
      }
    });

    assertThatThrownBy(() -> store.publish(staging, base(100), 0)).isInstanceOf(IOException.class);

    assertThat(store.latest()).isEmpty();
    disk.setFaults(SimulatedDisk.Faults.NONE);
    assertThat(open().latest()).isEmpty();
  }

  @Test
  void onlyTheNewestUnfinishedTransferSurvivesARestart() throws IOException {
    SnapshotStore source = new SnapshotStore(disk, "elsewhere", 1);
    StoredSnapshot snapshot = source.publish(staged(disk, source, 100), base(100), 0);
    SnapshotStore store = open();
    publish(store, 50);
    store.openIncoming(snapshot.manifest()).close();

    open();
    assertThat(disk.list(DIRECTORY)).containsExactly("50-3", "incoming-100-3");

    publish(store, 150);
    open();
    assertThat(disk.list(DIRECTORY)).containsExactly("150-3", "50-3");
  }

  private SnapshotStore open() throws IOException {
    return new SnapshotStore(disk, DIRECTORY, 1);
  }

  private StoredSnapshot publish(SnapshotStore store, long index) throws IOException {
    return store.publish(staged(store, 1_000), base(index), 0);
  }

  private static LogBase base(long index) {
    return new LogBase(index, 3, VOTERS);
  }

  private String staged(SnapshotStore store, int... sizes) throws IOException {
    return staged(disk, store, sizes);
  }

  private static String staged(SimulatedDisk on, SnapshotStore store, int... sizes)
      throws IOException {
    String staging = store.newStagingDirectory();
    SplittableRandom random = new SplittableRandom(sizes.length);
    for (int i = 0; i < sizes.length; i++) {
      byte[] bytes = new byte[sizes[i]];
      random.nextBytes(bytes);
      SnapshotFleet.write(on, staging + "/file-" + i, bytes);
    }
    return staging;
  }
}
