package dev.flotilla.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.raft.env.SimulatedDisk;
import dev.flotilla.raft.log.LogDamagedException;
import java.io.IOException;
import java.util.SplittableRandom;
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

  private static void failSyncs(SimulatedDisk.Operation operation, String path) throws IOException {
    if (operation == SimulatedDisk.Operation.SYNC) {
      throw new IOException("input/output error");
    }
  }

  @Test
  void aNodeThatLostItsLogDoesNotComeBackAsItself() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      cluster.write("set a 1");
      cluster.kill(2);
      cluster.nodes.get(2).disk.deleteRecursively("wal");

      // H50
      assertThatThrownBy(() -> cluster.start(2)).isInstanceOf(LogDamagedException.class);
    }
  }

  /** H9, H36: a state machine that claims more than the log holds was fed by a log that is gone. */
  @Test
  void aStateAheadOfTheLogIsRefused() throws IOException {
    try (RuntimeCluster cluster = RuntimeCluster.ofThree()) {
      cluster.write("set a 1");
      cluster.kill(2);
      try (RegisterMachine machine =
          new RegisterMachine(cluster.nodes.get(2).disk, "groups/g1/state", false)) {
        long next = machine.applied().index() + 1;
        for (long index = next; index < next + 50; index++) {
          machine.apply(
              java.util.List.of(
                  new dev.flotilla.raft.fsm.CommittedEntry(index, 1, 0, java.util.List.of())));
        }
        machine.flush();
      }

      assertThatThrownBy(() -> cluster.start(2))
          .isInstanceOf(LogDamagedException.class)
          .hasMessageContaining("covers");
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

  @Test
  void aLogThatBeginsAfterTheStateWithNoSnapshotBetweenIsRefused() throws IOException {
    try (RuntimeCluster cluster = SnapshotFlowTest.withAFollowerFarBehind(3)) {
      cluster.start(3);
      cluster.nodes.get(3).applierPaused = true;
      cluster.await(
          "the log to begin after the snapshot",
          () -> cluster.replica(3, GROUP).getFirstIndex() > 1);
      cluster.kill(3);
      for (String name : cluster.nodes.get(3).disk.list("groups/g1/snapshots")) {
        cluster.nodes.get(3).disk.deleteRecursively("groups/g1/snapshots/" + name);
      }

      assertThatThrownBy(() -> cluster.start(3))
          .isInstanceOf(LogDamagedException.class)
          .hasMessageContaining("no stored snapshot");
    }
  }
}
