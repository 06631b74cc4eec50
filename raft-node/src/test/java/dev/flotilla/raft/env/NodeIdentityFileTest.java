package dev.flotilla.raft.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** H50: a folder says whose it is, and a replaced one cannot pass for its predecessor. */
final class NodeIdentityFileTest {
  private final SimulatedDisk disk = new SimulatedDisk();

  private NodeIdentityFile open(String cluster, int node, long seed) throws IOException {
    return NodeIdentityFile.openOrCreate(
        disk, cluster, node, new SplittableRandom(seed), List.of("wal"));
  }

  @Test
  void theIncarnationIsDrawnOnceAndSurvivesEveryCrash() throws IOException {
    NodeIdentity first = open("c1", 3, 1).identity();
    disk.crashLosingAllUnsynced();
    assertThat(open("c1", 3, 2).identity()).isEqualTo(first);
  }

  @Test
  void aNewFolderGetsAnotherIncarnation() throws IOException {
    NodeIdentity first = open("c1", 3, 1).identity();
    disk.delete("IDENTITY");
    assertThat(open("c1", 3, 2).identity()).isNotEqualTo(first);
  }

  @Test
  void anotherNodesOrClustersFolderIsRefused() throws IOException {
    open("c1", 3, 1);
    assertThatThrownBy(() -> open("c1", 4, 1))
        .isInstanceOf(NodeIdentityException.class)
        .hasMessage("the folder belongs to node 3, not to node 4");
    assertThatThrownBy(() -> open("c2", 3, 1))
        .isInstanceOf(NodeIdentityException.class)
        .hasMessage("the folder belongs to cluster 'c1', not to 'c2'");
  }

  @Test
  void everyFlippedBitIsNoticed() throws IOException {
    open("c1", 3, 1);
    int size = disk.content("IDENTITY").length;
    for (int position = 0; position < size; position++) {
      int bit = position % 8;
      disk.flipBit("IDENTITY", position, bit);
      assertThatThrownBy(() -> open("c1", 3, 1)).isInstanceOf(NodeIdentityException.class);
      disk.flipBit("IDENTITY", position, bit);
    }
    open("c1", 3, 1);
  }

  @Test
  void dataWithoutItsMarkerIsRefused() throws IOException {
    disk.createDirectories("wal");
    assertThatThrownBy(() -> open("c1", 3, 1))
        .isInstanceOf(NodeIdentityException.class)
        .hasMessageContaining("'wal'");
  }

  @Test
  void aFolderIsReadyOnceItsLogWasMade() throws IOException {
    NodeIdentityFile file = open("c1", 3, 1);
    assertThat(file.isReady()).isFalse();
    assertThat(open("c1", 3, 1).isReady()).isFalse();
    file.markReady();
    disk.crashLosingAllUnsynced();
    NodeIdentityFile again = open("c1", 3, 9);
    assertThat(again.isReady()).isTrue();
    assertThat(again.identity()).isEqualTo(file.identity());
  }

  @Test
  void aCrashAtAnyMomentLeavesTheOldMarkerOrTheNewOne() throws IOException {
    for (int seed = 0; seed < 100; seed++) {
      SimulatedDisk disk = new SimulatedDisk();
      NodeIdentityFile file =
          NodeIdentityFile.openOrCreate(disk, "c1", 1, new SplittableRandom(seed), List.of());
      int[] left = {seed % 6};
      disk.setFaults((operation, path) -> {
        if (left[0]-- == 0) {
          throw new IllegalStateException("power loss");
        }
      });
      try {
        file.markReady();
      } catch (IllegalStateException expected) {
        assertThat(expected).hasMessage("power loss");
      }
      disk.setFaults(SimulatedDisk.Faults.NONE);
      disk.crash(new SplittableRandom(seed));
      assertThat(
              NodeIdentityFile.openOrCreate(disk, "c1", 1, new SplittableRandom(), List.of())
                  .identity())
          .isEqualTo(file.identity());
    }
  }
}
