package dev.flotilla.raft.snapshot;

import static dev.flotilla.raft.snapshot.SnapshotFleet.sameFiles;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.raft.snapshot.SnapshotFleet.Node;
import dev.flotilla.raft.snapshot.SnapshotFleet.Report;
import dev.flotilla.raft.snapshot.SnapshotStore.StoredSnapshot;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * Transfers beside one another: they share a rate, take each other's place and hold what they send.
 */
final class SnapshotTrafficTest {
  private final SnapshotFleet fleet = new SnapshotFleet(1);

  @Test
  void twoGroupsToTwoPeersTravelAtOnce() throws IOException {
    Node leader = fleet.node(1, 1, 2);
    Node second = fleet.node(2, 1, 2);
    Node third = fleet.node(3, 1, 2);
    StoredSnapshot one = fleet.publish(leader, 1, 100, 9_000, 1_000);
    StoredSnapshot two = fleet.publish(leader, 2, 200, 8_000);

    leader.exchange.send(1, 2, 7, one);
    leader.exchange.send(2, 2, 7, two);
    leader.exchange.send(1, 3, 7, one);
    fleet.runUntil("all sent", () -> fleet.sent(1).size() == 3);

    assertThat(fleet.sent(1)).allMatch(Report.Sent::success);
    assertThat(sameFiles(leader, second, one)).isTrue();
    assertThat(sameFiles(leader, second, two)).isTrue();
    assertThat(sameFiles(leader, third, one)).isTrue();
  }

  @Test
  void aNodeSendsAndReceivesAtOnce() throws IOException {
    Node one = fleet.node(1, 1, 2);
    Node two = fleet.node(2, 1, 2);
    StoredSnapshot there = fleet.publish(one, 1, 100, 9_000);
    StoredSnapshot back = fleet.publish(two, 2, 200, 8_000);

    one.exchange.send(1, 2, 7, there);
    two.exchange.send(2, 1, 7, back);
    fleet.runUntil("both", () -> fleet.sent(1).size() == 1 && fleet.sent(2).size() == 1);

    assertThat(sameFiles(one, two, there)).isTrue();
    assertThat(sameFiles(two, one, back)).isTrue();
  }

  @Test
  void aNewLeadersSnapshotTakesTheOldLeadersPlace() throws IOException {
    Node deposed = fleet.node(1);
    Node follower = fleet.node(2);
    Node elected = fleet.node(3);
    StoredSnapshot old = fleet.publish(deposed, 1, 100, 20_000);
    StoredSnapshot current = fleet.publish(elected, 1, 120, 20_000);
    deposed.exchange.send(1, 2, 7, old);
    fleet.runUntil("some of it", () -> fleet.chunksCarried() == 5);

    elected.exchange.send(1, 2, 8, current);
    fleet.runUntil("sent", () -> fleet.sent(3).size() == 1);

    assertThat(fleet.sent(3).getFirst().success()).isTrue();
    assertThat(follower.store().latest()).contains(current);
    assertThat(fleet.received(2).getFirst())
        .isEqualTo(new Report.Received(2, 1, 3, 8, current.base()));
  }

  @Test
  void sendingAgainReplacesTheTransferUnderWay() throws IOException {
    Node leader = fleet.node(1);
    Node follower = fleet.node(2);
    StoredSnapshot first = fleet.publish(leader, 1, 100, 20_000);
    leader.exchange.send(1, 2, 7, first);
    fleet.runUntil("some of it", () -> fleet.chunksCarried() == 5);
    StoredSnapshot second = fleet.publish(leader, 1, 130, 20_000);

    leader.exchange.send(1, 2, 7, second);
    fleet.runUntil("sent", () -> !fleet.sent(1).isEmpty());
    fleet.runFor(5_000_000_000L);

    assertThat(fleet.sent(1)).containsExactly(new Report.Sent(1, 1, 2, true, 130));
    assertThat(follower.store().latest()).contains(second);
    // The first is no longer held.
    leader.store().prune(1);
    assertThat(leader.disk.list("g1")).containsExactly("130-3");
  }

  @Test
  void theRateCapIsHonouredOverAllTransfers() throws IOException {
    SnapshotFleet slow =
        new SnapshotFleet(1, new SnapshotExchange.Options(1_000, 4, 10_000, 2_000_000_000L));
    Node leader = slow.node(1, 1, 2);
    slow.node(2, 1, 2);
    StoredSnapshot one = slow.publish(leader, 1, 100, 50_000);
    StoredSnapshot two = slow.publish(leader, 2, 100, 50_000);
    long began = slow.clock.nanoTime();

    leader.exchange.send(1, 2, 7, one);
    leader.exchange.send(2, 2, 7, two);
    slow.runUntil("both sent", () -> slow.sent(1).size() == 2);

    double seconds = (slow.clock.nanoTime() - began) / 1e9;
    assertThat(slow.sent(1)).allMatch(Report.Sent::success);
    assertThat(seconds).isBetween(9.5, 11.5);
  }

  @Test
  void aCapFarBelowAChunkPerStallTimeIsNotTakenForAStall() throws IOException {
    SnapshotFleet slow =
        new SnapshotFleet(1, new SnapshotExchange.Options(1_000, 4, 200, 2_000_000_000L));
    Node leader = slow.node(1);
    slow.node(2);

    leader.exchange.send(1, 2, 7, slow.publish(leader, 1, 100, 5_000));
    slow.runUntil("sent", () -> !slow.sent(1).isEmpty());

    assertThat(slow.sent(1).getFirst().success()).isTrue();
  }

  @Test
  void aSnapshotBeingSentIsNotPruned() throws IOException {
    Node leader = fleet.node(1);
    Node follower = fleet.node(2);
    StoredSnapshot sending = fleet.publish(leader, 1, 100, 20_000);
    leader.exchange.send(1, 2, 7, sending);
    fleet.runUntil("some of it", () -> fleet.chunksCarried() == 5);
    fleet.publish(leader, 1, 200, 10);

    leader.store().prune(1);
    fleet.runUntil("sent", () -> !fleet.sent(1).isEmpty());
    assertThat(fleet.sent(1).getFirst().success()).isTrue();
    assertThat(sameFiles(leader, follower, sending)).isTrue();

    leader.store().prune(1);
    assertThat(leader.disk.list("g1")).containsExactly("200-3");
  }

  @Test
  void anUnregisteredGroupsTransfersEndSilently() throws IOException {
    Node leader = fleet.node(1);
    Node follower = fleet.node(2);
    leader.exchange.send(1, 2, 7, fleet.publish(leader, 1, 100, 20_000));
    fleet.runUntil("some of it", () -> fleet.chunksCarried() == 5);

    leader.exchange.unregister(1);
    follower.exchange.unregister(1);
    fleet.runFor(5_000_000_000L);

    assertThat(fleet.reports).isEmpty();
    assertThat(leader.exchange.pass()).isEqualTo(Long.MAX_VALUE);
    assertThat(follower.exchange.pass()).isEqualTo(Long.MAX_VALUE);
  }
}
