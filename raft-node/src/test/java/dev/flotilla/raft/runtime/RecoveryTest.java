package dev.flotilla.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.raft.env.SimulatedDisk;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What a node makes of the disk it finds. */
final class RecoveryTest {
  private static final int GROUP = RuntimeCluster.GROUP;

  @Test
  void everythingAcknowledgedSurvivesAPowerLossOfAllNodes() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      for (int life = 0; life < 5; life++) {
        for (int i = 0; i < 20; i++) {
          cluster.write("set k" + i + " " + life);
        }
        for (int id : cluster.nodes.keySet()) {
          cluster.powerLoss(id);
        }
        for (int id : cluster.nodes.keySet()) {
          cluster.start(id);
        }
        for (int i = 0; i < 20; i++) {
          assertThat(cluster.read("get k" + i)).isEqualTo("" + life);
        }
      }
      cluster.awaitEqualStates(GROUP);
    }
  }

  /** H32: the first failed fsync ends the node; nothing it stood for is acknowledged. */
  @Test
  void aFailedFsyncStopsTheNodeWith70AndAcknowledgesNothing() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      cluster.write("set a 1");
      int leader = cluster.awaitLeader(GROUP);
      cluster.run(100);
      cluster.nodes.get(leader).disk.setFaults(RecoveryTest::failSyncs);
      long command = cluster.command(leader, "set a 2");
      cluster.step();

      Reply reply = cluster.client.reply(command);
      assertThat(reply.getOutcome()).isEqualTo(Outcome.OUTCOME_UNKNOWN);
      assertThat(reply.getError()).isEqualTo(ErrorCode.ERROR_CODE_REPLICA_FAILED);
      assertThat(cluster.nodes.get(leader).fatal)
          .singleElement()
          .asString()
          .startsWith("70 ")
          .contains("disk");
      cluster.nodes.get(leader).disk.setFaults(SimulatedDisk.Faults.NONE);
      long later = cluster.command(leader, "set a 3");
      cluster.run(1);
      assertThat(cluster.client.reply(later).getOutcome()).isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
      // H25: a node whose disk is gone leads no more; the others go on without it.
      cluster.awaitNewLeaderWhile(leader);
      cluster.powerLoss(leader);
      cluster.start(leader);
      cluster.awaitEqualStates(GROUP);
    }
  }

  /** Found by the simulator, seed 7009634: it went on for as long as the old segment lasted. */
  @Test
  void aDiskThatFailsInTheBackgroundStopsTheNodeAtOnce() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      int leader = cluster.awaitLeader(GROUP);
      SimulatedDisk disk = cluster.nodes.get(leader).disk;
      AtomicBoolean failed = new AtomicBoolean();
      disk.setFaults((operation, path) -> {
        if (operation == SimulatedDisk.Operation.RENAME && path.contains(".wal")) {
          failed.set(true);
          throw new IOException("input/output error");
        }
      });
      for (int i = 0; i < 10_000 && !failed.get(); i++) {
        cluster.command(leader, "set k" + i + " " + "v".repeat(200));
        cluster.step();
      }
      assertThat(failed).isTrue();
      disk.setFaults(SimulatedDisk.Faults.NONE);
      cluster.awaitNewLeaderWhile(leader);
      assertThat(cluster.nodes.get(leader).fatal)
          .singleElement()
          .asString()
          .startsWith("70 ")
          .contains("disk");
    }
  }

  private static void failSyncs(SimulatedDisk.Operation operation, String path) throws IOException {
    if (operation == SimulatedDisk.Operation.SYNC) {
      throw new IOException("input/output error");
    }
  }

  /**
   * H42: the log is emptied for a snapshot first; a crash before the install is made good at start.
   */
  @Test
  void aCrashBetweenEmptyingTheLogAndInstallingTheSnapshotIsRedone() throws IOException {
    try (RuntimeCluster cluster = SnapshotFlowTest.withAFollowerFarBehind(3)) {
      cluster.start(3);
      cluster.nodes.get(3).applierPaused = true;
      cluster.await(
          "the log to begin after the snapshot",
          () -> cluster.replica(3, GROUP).getFirstIndex() > 1);
      assertThat(cluster.nodes.get(3).machines.get(GROUP).installs).isZero();
      cluster.nodes.get(3).disk.crash(new SplittableRandom(3));
      cluster.powerLoss(3);
      cluster.nodes.get(3).applierPaused = false;
      cluster.start(3);

      assertThat(cluster.nodes.get(3).machines.get(GROUP).installs).isOne();
      cluster.awaitEqualStates(GROUP);
    }
  }
}
