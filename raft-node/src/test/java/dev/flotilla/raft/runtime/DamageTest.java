package dev.flotilla.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.raft.env.NodeIdentityException;
import dev.flotilla.raft.env.SimulatedDisk;
import dev.flotilla.raft.fsm.CommittedEntry;
import dev.flotilla.raft.log.ReplicaDamagedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * H27, H34, H35, H50: a node that finds its disk damaged. It is repaired by its peers, neither
 * voting nor serving until then, or it does not start; and nothing acknowledged is lost.
 */
final class DamageTest {
  private static final int GROUP = RuntimeCluster.GROUP;
  private static final int HURT = 3;
  private static final String FOLDER = "groups/g" + GROUP;

  private static RuntimeCluster withWrites(long seed, int writes) throws IOException {
    RuntimeCluster cluster = new RuntimeCluster(seed, 3, 1).startAll();
    for (int i = 0; i < writes; i++) {
      cluster.write("set k" + i % 20 + " " + i);
    }
    cluster.awaitEqualStates(GROUP);
    cluster.run(100);
    return cluster;
  }

  private static SimulatedDisk hurt(RuntimeCluster cluster) {
    return cluster.nodes.get(HURT).disk;
  }

  /** The node is down, and what it wrote is on the platter. */
  private static SimulatedDisk stop(RuntimeCluster cluster) {
    cluster.kill(HURT);
    return hurt(cluster);
  }

  /** It is one of the group's voters again, and has what the others have. */
  private static void awaitRejoined(RuntimeCluster cluster) {
    awaitVoter(cluster);
    assertThat(cluster.read("get k1")).isEqualTo("21");
  }

  private static void awaitVoter(RuntimeCluster cluster) {
    cluster.await(
        "node " + HURT + " to be a voter again",
        60_000,
        () -> {
          int leader = cluster.leaderNow(GROUP);
          return leader != 0
              && cluster.replica(leader, GROUP).getVotersList().contains(HURT)
              && cluster.replica(leader, GROUP).getVotersList().size() == 3;
        });
    cluster.write("set after damage");
    cluster.awaitEqualStates(GROUP);
  }

  private static List<String> segments(SimulatedDisk disk) throws IOException {
    List<String> written = new ArrayList<>();
    for (String name : disk.list("wal")) {
      byte[] content = disk.content("wal/" + name);
      if (content.length > 512 && content[512] != 0) {
        written.add("wal/" + name);
      }
    }
    return written;
  }

  private static String identity(RuntimeCluster cluster) throws IOException {
    byte[] file = hurt(cluster).content(FOLDER + "/replica-a");
    return java.util.HexFormat.of().formatHex(file, 40, 48);
  }

  @Test
  void aFlippedBitInTheMiddleOfTheLogIsRepairedByThePeers() throws IOException {
    try (RuntimeCluster cluster = withWrites(1, 22)) {
      SimulatedDisk disk = stop(cluster);
      String before = identity(cluster);
      disk.flipBit(segments(disk).getFirst(), 512 * 9 + 60, 2);
      cluster.start(HURT);
      assertThat(identity(cluster)).isNotEqualTo(before);
      awaitRejoined(cluster);
    }
  }

  @Test
  void aNodeWithoutItsLogRejoins() throws IOException {
    try (RuntimeCluster cluster = withWrites(2, 22)) {
      stop(cluster).deleteRecursively("wal");
      cluster.start(HURT);
      awaitRejoined(cluster);
    }
  }

  @Test
  void aWipedFolderRejoinsAsANewReplica() throws IOException {
    try (RuntimeCluster cluster = withWrites(3, 22)) {
      SimulatedDisk disk = stop(cluster);
      for (String name : disk.list("")) {
        disk.deleteRecursively(name);
      }
      cluster.start(HURT);
      awaitRejoined(cluster);
    }
  }

  /** H9, H36: a state machine that claims more than the log holds was fed by a log that is gone. */
  @Test
  void aStateAheadOfTheLogIsNotServedBeforeTheGroupHasLetItIn() throws IOException {
    try (RuntimeCluster cluster = withWrites(4, 22)) {
      stop(cluster);
      try (RegisterMachine machine = new RegisterMachine(hurt(cluster), FOLDER + "/state", false)) {
        long next = machine.applied().index() + 1;
        long end = cluster.replica(cluster.awaitLeader(GROUP), GROUP).getLastIndex();
        for (long index = next; index <= end; index++) {
          machine.apply(List.of(new CommittedEntry(index, 1, 0, List.of())));
        }
        machine.flush();
      }
      // What the state machine says cannot be checked; that the log does not have it can.
      hurt(cluster).deleteRecursively("wal");
      String before = identity(cluster);
      cluster.start(HURT);
      assertThat(identity(cluster)).isNotEqualTo(before);
    }
  }

  @Test
  void aLogThatBeginsAfterTheStateWithNoSnapshotBetweenRejoins() throws IOException {
    try (RuntimeCluster cluster = SnapshotFlowTest.withAFollowerFarBehind(HURT)) {
      cutOffBetweenResetAndInstall(cluster);
      for (String name : hurt(cluster).list(FOLDER + "/snapshots")) {
        hurt(cluster).deleteRecursively(FOLDER + "/snapshots/" + name);
      }
      String before = identity(cluster);
      cluster.start(HURT);
      assertThat(identity(cluster)).isNotEqualTo(before);
      cluster.awaitEqualStates(GROUP);
    }
  }

  /** Received, verified, acknowledged, and damaged before it was installed. */
  @Test
  void aReceivedSnapshotThatIsDamagedBeforeItsInstallIsFetchedAgain() throws IOException {
    try (RuntimeCluster cluster = SnapshotFlowTest.withAFollowerFarBehind(HURT)) {
      cutOffBetweenResetAndInstall(cluster);
      String snapshots = FOLDER + "/snapshots";
      String snapshot = snapshots + "/" + hurt(cluster).list(snapshots).getFirst();
      hurt(cluster).flipBit(snapshot + "/state", 3, 1);
      cluster.start(HURT);
      assertThat(hurt(cluster).exists(snapshot)).isFalse();
      cluster.awaitEqualStates(GROUP);
      assertThat(cluster.nodes.get(HURT).machines.get(GROUP).installs).isPositive();
    }
  }

  private static void cutOffBetweenResetAndInstall(RuntimeCluster cluster) throws IOException {
    cluster.start(HURT);
    cluster.nodes.get(HURT).applierPaused = true;
    cluster.await(
        "the log to begin after the snapshot",
        () -> cluster.replica(HURT, GROUP).getFirstIndex() > 1);
    cluster.kill(HURT);
    cluster.nodes.get(HURT).applierPaused = false;
  }

  /**
   * A leader whose stored snapshot is damaged makes another one, and does not send that for ever.
   */
  @Test
  void aDamagedSnapshotIsNotSentAgainAndAgain() throws IOException {
    try (RuntimeCluster cluster = SnapshotFlowTest.withAFollowerFarBehind(HURT)) {
      cluster.start(HURT);
      cluster.awaitEqualStates(GROUP);
      int leader = cluster.awaitLeader(GROUP);
      SimulatedDisk disk = cluster.nodes.get(leader).disk;
      String snapshots = FOLDER + "/snapshots";
      String snapshot = disk.list(snapshots).getFirst();
      disk.flipBit(snapshots + "/" + snapshot + "/state", 3, 1);
      // The follower loses everything and needs that snapshot.
      stop(cluster);
      for (String name : hurt(cluster).list("")) {
        hurt(cluster).deleteRecursively(name);
      }
      cluster.start(HURT);
      cluster.await("equal states", 60_000, () -> cluster.statesAreEqual(GROUP));
    }
  }

  @Test
  void aDamagedStateIsMadeAnewFromTheLogWhenThatIsWhole() throws IOException {
    try (RuntimeCluster cluster = withWrites(5, 22)) {
      cluster.nodes.get(HURT).machines.get(GROUP).flush();
      SimulatedDisk disk = stop(cluster);
      String before = identity(cluster);
      disk.flipBit(FOLDER + "/state/state", 5, 3);
      cluster.start(HURT);
      assertThat(identity(cluster)).isEqualTo(before);
      cluster.awaitEqualStates(GROUP);
    }
  }

  @Test
  void aDamagedStateWhoseLogIsCompactedIsFetchedFromThePeers() throws IOException {
    try (RuntimeCluster cluster = withWrites(6, 600)) {
      assertThat(cluster.replica(HURT, GROUP).getFirstIndex()).isGreaterThan(1);
      SimulatedDisk disk = stop(cluster);
      String before = identity(cluster);
      disk.flipBit(FOLDER + "/state/state", 5, 3);
      cluster.start(HURT);
      assertThat(identity(cluster)).isNotEqualTo(before);
      cluster.awaitEqualStates(GROUP);
    }
  }

  /** H50: what it has acknowledged since it rejoined, it did under the identity it has now. */
  @Test
  void damagedAgainBeforeItsNextStartItBecomesAnotherReplicaAgain() throws IOException {
    try (RuntimeCluster cluster = withWrites(10, 600)) {
      stop(cluster).flipBit(FOLDER + "/state/state", 5, 3);
      cluster.start(HURT);
      awaitVoter(cluster);
      for (int i = 0; i < 600; i++) {
        cluster.write("set k" + i % 20 + " " + i);
      }
      cluster.awaitEqualStates(GROUP);
      SimulatedDisk disk = stop(cluster);
      String before = identity(cluster);
      disk.flipBit(FOLDER + "/state/state", 5, 3);
      cluster.start(HURT);
      assertThat(identity(cluster)).isNotEqualTo(before);
      cluster.awaitEqualStates(GROUP);
    }
  }

  /** Found while running: the process ends with 70, and the next start takes the state for lost. */
  @Test
  void damageFoundByTheStateMachineEndsTheProcessAndIsRepairedAtTheNextStart() throws IOException {
    try (RuntimeCluster cluster = withWrites(7, 22)) {
      cluster.nodes.get(HURT).machines.get(GROUP).damaged = true;
      cluster.command(cluster.awaitLeader(GROUP), "set k1 21");
      cluster.await("the node to stop", () -> !cluster.nodes.get(HURT).fatal.isEmpty());
      assertThat(cluster.nodes.get(HURT).fatal).singleElement().asString().startsWith("70 ");
      assertThat(hurt(cluster).exists(FOLDER + "/STATE-DAMAGED")).isTrue();
      cluster.kill(HURT);
      cluster.start(HURT);
      assertThat(hurt(cluster).exists(FOLDER + "/STATE-DAMAGED")).isFalse();
      assertThat(hurt(cluster).exists(FOLDER + "/state.damaged")).isTrue();
      cluster.awaitEqualStates(GROUP);
    }
  }

  @Test
  void bothCopiesOfTermAndVoteDamagedIsARefusal() throws IOException {
    try (RuntimeCluster cluster = withWrites(8, 22)) {
      SimulatedDisk disk = stop(cluster);
      disk.flipBit(FOLDER + "/replica-a", 50, 0);
      disk.flipBit(FOLDER + "/replica-b", 51, 0);
      assertThatThrownBy(() -> cluster.start(HURT))
          .isInstanceOf(ReplicaDamagedException.class)
          .hasMessageContaining("both copies of term and vote of group 1 are unusable");
      disk.delete(FOLDER + "/replica-a");
      disk.delete(FOLDER + "/replica-b");
      assertThatThrownBy(() -> cluster.start(HURT))
          .isInstanceOf(ReplicaDamagedException.class)
          .hasMessageContaining("missing");
    }
  }

  /** H10, H11: what both of them know is enough, whichever is hurt. */
  @Test
  void oneDamagedCopyOfTermAndVoteIsRepairedAndTheReplicaStaysItself() throws IOException {
    try (RuntimeCluster cluster = withWrites(9, 22)) {
      SimulatedDisk disk = stop(cluster);
      String before = identity(cluster);
      disk.flipBit(FOLDER + "/replica-a", 44, 0);
      cluster.start(HURT);
      assertThat(identity(cluster)).isEqualTo(before);
      awaitRejoined(cluster);
    }
  }

  /** Any bit of any file, under a cluster that goes on. */
  @Test
  void aFlippedBitInAnyFileIsHarmlessRepairedOrRefused() throws IOException {
    int refused = 0;
    int reborn = 0;
    for (long seed = 100; seed < 140; seed++) {
      try (RuntimeCluster cluster = withWrites(seed, seed % 3 == 0 ? 300 : 42)) {
        SplittableRandom random = new SplittableRandom(seed);
        SimulatedDisk disk = stop(cluster);
        String before = identity(cluster);
        List<String> files = files(disk, "");
        String path = files.get(random.nextInt(files.size()));
        int size = disk.content(path).length;
        if (size == 0) {
          continue;
        }
        int written = path.startsWith("wal/") ? lastByte(disk.content(path)) + 1 : size;
        int at = random.nextInt(written);
        disk.flipBit(path, at, random.nextInt(8));
        cluster.write("set seed " + seed);
        try {
          cluster.start(HURT);
          reborn += identity(cluster).equals(before) ? 0 : 1;
          cluster.await(path + " at " + at, 60_000, () -> cluster.statesAreEqual(GROUP));
        } catch (NodeIdentityException e) {
          assertThat(path).isEqualTo("IDENTITY");
          refused++;
        }
        assertThat(cluster.read("get seed")).isEqualTo("" + seed);
      }
    }
    assertThat(refused + reborn).isPositive();
  }

  private static int lastByte(byte[] content) {
    int at = content.length - 1;
    while (at > 0 && content[at] == 0) {
      at--;
    }
    return at;
  }

  private static List<String> files(SimulatedDisk disk, String folder) throws IOException {
    List<String> files = new ArrayList<>();
    for (String name : disk.list(folder)) {
      String path = folder.isEmpty() ? name : folder + "/" + name;
      if (isFile(disk, path)) {
        files.add(path);
      } else {
        files.addAll(files(disk, path));
      }
    }
    return files;
  }

  private static boolean isFile(SimulatedDisk disk, String path) {
    try {
      disk.content(path);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
