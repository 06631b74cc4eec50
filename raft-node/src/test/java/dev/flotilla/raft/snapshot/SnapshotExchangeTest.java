package dev.flotilla.raft.snapshot;

import static dev.flotilla.raft.snapshot.SnapshotFleet.sameFiles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.raft.v1.BulkMessage;
import dev.flotilla.proto.raft.v1.SnapshotChunk;
import dev.flotilla.proto.raft.v1.SnapshotFile;
import dev.flotilla.proto.raft.v1.SnapshotManifest;
import dev.flotilla.proto.raft.v1.SnapshotOffer;
import dev.flotilla.proto.raft.v1.SnapshotStatus;
import dev.flotilla.raft.env.SimulatedDisk.Operation;
import dev.flotilla.raft.snapshot.SnapshotFleet.Node;
import dev.flotilla.raft.snapshot.SnapshotFleet.Parcel;
import dev.flotilla.raft.snapshot.SnapshotFleet.Report;
import dev.flotilla.raft.snapshot.SnapshotStore.StoredSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SnapshotExchangeTest {
  private final SnapshotFleet fleet = new SnapshotFleet(1);

  @Test
  void aSnapshotOfManyFilesArrivesWholeEmptyFilesIncluded() throws IOException {
    Node leader = fleet.node(1);
    Node follower = fleet.node(2);
    StoredSnapshot snapshot = fleet.publish(leader, 1, 100, 0, 5_500, 0, 1, 1_000, 2_000, 0);

    leader.exchange.send(1, 2, 7, snapshot);
    fleet.runUntil("sent", () -> !fleet.sent(1).isEmpty());

    assertThat(fleet.reports)
        .containsExactly(
            new Report.Received(2, 1, 1, 7, snapshot.base()), new Report.Sent(1, 1, 2, true, 100));
    assertThat(sameFiles(leader, follower, snapshot)).isTrue();
    assertThat(follower.store().latest()).contains(snapshot);
    assertThat(follower.store().verify(snapshot)).isTrue();
    assertThat(fleet.chunksCarried()).isEqualTo(6 + 1 + 1 + 2);
  }

  @Test
  void aSnapshotWithoutAnyBytesArrivesToo() throws IOException {
    Node leader = fleet.node(1);
    fleet.node(2);

    leader.exchange.send(1, 2, 7, fleet.publish(leader, 1, 100, 0));
    fleet.runUntil("sent", () -> !fleet.sent(1).isEmpty());

    assertThat(fleet.sent(1).getFirst().success()).isTrue();
    assertThat(fleet.received(2)).hasSize(1);
  }

  /** H42: what is reported as held survives a power loss that loses everything unsynced. */
  @Test
  void whatWasReportedReceivedSurvivesAPowerLoss() throws IOException {
    Node leader = fleet.node(1);
    Node follower = fleet.node(2);
    StoredSnapshot snapshot = fleet.publish(leader, 1, 100, 3_000, 0, 2_500);
    leader.exchange.send(1, 2, 7, snapshot);
    fleet.runUntil("received", () -> !fleet.received(2).isEmpty());

    follower.disk.crashLosingAllUnsynced();
    SnapshotStore after = new SnapshotStore(follower.disk, "g1", 1);

    assertThat(after.latest()).contains(snapshot);
    assertThat(after.verify(snapshot)).isTrue();
  }

  @Test
  void aBrokenConnectionIsResumedWithoutResendingWhatArrived() throws IOException {
    Node leader = fleet.node(1);
    Node follower = fleet.node(2);
    StoredSnapshot snapshot = fleet.publish(leader, 1, 100, 10_000, 10_000);
    leader.exchange.send(1, 2, 7, snapshot);
    fleet.runUntil("half of it", () -> fleet.chunksCarried() == 12);

    fleet.disconnect(1, 2);
    fleet.runUntil("sent", () -> !fleet.sent(1).isEmpty());

    assertThat(fleet.sent(1).getFirst().success()).isTrue();
    assertThat(sameFiles(leader, follower, snapshot)).isTrue();
    assertThat(fleet.chunksCarried()).isEqualTo(20);
  }

  @Test
  void aReceiverThatRestartsInTheMiddleGoesOnWhereItWas() throws IOException {
    Node leader = fleet.node(1);
    fleet.node(2);
    StoredSnapshot snapshot = fleet.publish(leader, 1, 100, 10_000, 10_000);
    leader.exchange.send(1, 2, 7, snapshot);
    fleet.runUntil("half of it", () -> fleet.chunksCarried() == 12);

    fleet.underway.clear();
    Node follower = fleet.restart(2);
    fleet.runUntil("sent", () -> !fleet.sent(1).isEmpty());

    assertThat(fleet.sent(1).getFirst().success()).isTrue();
    assertThat(sameFiles(leader, follower, snapshot)).isTrue();
    assertThat(fleet.chunksCarried())
        .isLessThanOrEqualTo(20 + SnapshotFleet.OPTIONS.windowChunks());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aReceiverThatLosesPowerInTheMiddleEndsWithTheRightBytes(long seed) throws IOException {
    SnapshotFleet torn = new SnapshotFleet(seed);
    Node leader = torn.node(1);
    torn.node(2);
    StoredSnapshot snapshot = torn.publish(leader, 1, 100, 6_000, 0, 9_000, 3_000);
    leader.exchange.send(1, 2, 7, snapshot);
    torn.runUntil("some of it", () -> torn.chunksCarried() >= 2 + 2 * seed);

    torn.underway.clear();
    Node follower = torn.powerCycle(2);
    torn.runUntil("sent", () -> !torn.sent(1).isEmpty());

    assertThat(torn.sent(1).getFirst().success()).isTrue();
    assertThat(sameFiles(leader, follower, snapshot)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void lostRepeatedAndReorderedMessagesOnlyCostTime(long seed) throws IOException {
    SnapshotFleet rough = new SnapshotFleet(seed);
    rough.lossPercent = 10;
    rough.duplicatePercent = 20;
    rough.reorderPercent = 20;
    Node leader = rough.node(1);
    Node follower = rough.node(2);
    StoredSnapshot snapshot = rough.publish(leader, 1, 100, 7_000, 0, 12_345, 999);

    leader.exchange.send(1, 2, 7, snapshot);
    rough.runUntil("sent", () -> !rough.sent(1).isEmpty());

    assertThat(rough.sent(1)).hasSize(1);
    assertThat(rough.sent(1).getFirst().success()).isTrue();
    assertThat(sameFiles(leader, follower, snapshot)).isTrue();
  }

  @Test
  void aChunkDamagedOnTheWayIsNotTakenAndComesAgain() throws IOException {
    Node leader = fleet.node(1);
    Node follower = fleet.node(2);
    StoredSnapshot snapshot = fleet.publish(leader, 1, 100, 5_000);
    AtomicInteger chunks = new AtomicInteger();
    fleet.tamper =
        onChunks(chunk -> chunks.incrementAndGet() == 3 ? withData(chunk, flipped(chunk)) : chunk);

    leader.exchange.send(1, 2, 7, snapshot);
    fleet.runUntil("sent", () -> !fleet.sent(1).isEmpty());

    assertThat(fleet.sent(1).getFirst().success()).isTrue();
    assertThat(sameFiles(leader, follower, snapshot)).isTrue();
    assertThat(fleet.chunksCarried()).isGreaterThan(5);
  }

  @Test
  void aFileDamagedOnTheReceiversDiskIsFetchedAgainAlone() throws IOException {
    Node leader = fleet.node(1);
    fleet.node(2);
    StoredSnapshot snapshot = fleet.publish(leader, 1, 100, 4_000, 4_000, 4_000);
    leader.exchange.send(1, 2, 7, snapshot);
    fleet.runUntil("two files", () -> fleet.chunksCarried() == 9);
    fleet.underway.clear();
    // The checksums compared before the restart are forgotten, so the damage is found.
    Node follower = fleet.restart(2);
    follower.disk.flipBit("g1/incoming-100-3/file-a", 1_234, 3);
    int before = fleet.carried.size();

    fleet.runUntil("sent", () -> !fleet.sent(1).isEmpty());

    assertThat(fleet.sent(1).getFirst().success()).isTrue();
    assertThat(sameFiles(leader, follower, snapshot)).isTrue();
    List<Integer> resent =
        fleet.carried.subList(before, fleet.carried.size()).stream()
            .filter(p -> p.message().hasChunk())
            .map(p -> p.message().getChunk().getFile())
            .toList();
    assertThat(resent).contains(0);
    // The whole file was there; what still came of it is less than the window, sent before the
    // sender knew.
    assertThat(resent.stream().filter(file -> file == 1).count())
        .isLessThan(SnapshotFleet.OPTIONS.windowChunks());
  }

  @Test
  void aSnapshotDamagedAtTheSenderIsRefusedAndForgottenThere() throws IOException {
    Node leader = fleet.node(1);
    Node follower = fleet.node(2);
    StoredSnapshot snapshot = fleet.publish(leader, 1, 100, 4_000, 4_000);
    leader.disk.flipBit(snapshot.directory() + "/file-b", 17, 0);

    leader.exchange.send(1, 2, 7, snapshot);
    fleet.runUntil("given up", () -> !fleet.sent(1).isEmpty());

    assertThat(fleet.sent(1)).containsExactly(new Report.Sent(1, 1, 2, false, 100));
    assertThat(fleet.received(2)).isEmpty();
    assertThat(follower.store().latest()).isEmpty();
    assertThat(leader.store().latest()).isEmpty();
    assertThat(leader.disk.list("g1")).isEmpty();
    assertThat(follower.disk.list("g1")).isEmpty();
  }

  @Test
  void aSnapshotThatGotShorterAtTheSenderIsGivenUp() throws IOException {
    Node leader = fleet.node(1);
    fleet.node(2);
    StoredSnapshot snapshot = fleet.publish(leader, 1, 100, 4_000);
    leader.disk.delete(snapshot.directory() + "/file-a");

    leader.exchange.send(1, 2, 7, snapshot);
    fleet.runUntil("given up", () -> !fleet.sent(1).isEmpty());

    assertThat(fleet.sent(1).getFirst().success()).isFalse();
  }

  /** H43: a receiver that is further already says so, or both would offer and refuse for ever. */
  @Test
  void aReceiverThatHoldsANewerSnapshotSaysSoAndNothingTravels() throws IOException {
    Node leader = fleet.node(1);
    Node follower = fleet.node(2);
    StoredSnapshot newer = fleet.publish(follower, 1, 150, 2_000);
    StoredSnapshot older = fleet.publish(leader, 1, 100, 2_000);

    leader.exchange.send(1, 2, 7, older);
    fleet.runUntil("sent", () -> !fleet.sent(1).isEmpty());

    assertThat(fleet.chunksCarried()).isZero();
    assertThat(fleet.reports)
        .containsExactly(
            new Report.Received(2, 1, 1, 7, newer.base()), new Report.Sent(1, 1, 2, true, 150));
    // H44: the older one never replaces the newer.
    assertThat(follower.store().latest()).contains(newer);
  }

  @Test
  void aLostAnswerIsAskedForAgainWithoutSendingAgain() throws IOException {
    Node leader = fleet.node(1);
    fleet.node(2);
    AtomicInteger lost = new AtomicInteger();
    fleet.tamper =
        parcel ->
            parcel.message().hasProgress()
                    && parcel.message().getProgress().getStatus()
                        == SnapshotStatus.SNAPSHOT_STATUS_COMPLETE
                    && lost.incrementAndGet() == 1
                ? null
                : parcel;

    leader.exchange.send(1, 2, 7, fleet.publish(leader, 1, 100, 3_000));
    fleet.runUntil("sent", () -> !fleet.sent(1).isEmpty());

    assertThat(lost).hasValue(2);
    assertThat(fleet.sent(1).getFirst().success()).isTrue();
    assertThat(fleet.chunksCarried()).isEqualTo(3);
  }

  @Test
  void aStoredSnapshotThatRottedIsNotPassedOffAsHeldButFetchedAgain() throws IOException {
    Node leader = fleet.node(1);
    fleet.node(2);
    StoredSnapshot snapshot = fleet.publish(leader, 1, 100, 3_000);
    leader.exchange.send(1, 2, 7, snapshot);
    fleet.runUntil("sent", () -> fleet.sent(1).size() == 1);
    Node follower = fleet.restart(2);
    follower.disk.flipBit(snapshot.directory() + "/file-a", 5, 5);

    leader.exchange.send(1, 2, 8, snapshot);
    fleet.runUntil("sent again", () -> fleet.sent(1).size() == 2);

    assertThat(fleet.sent(1).getLast().success()).isTrue();
    assertThat(sameFiles(leader, follower, snapshot)).isTrue();
    assertThat(fleet.chunksCarried()).isEqualTo(6);
  }

  @Test
  void aGroupThatIsNotHostedIsRefused() throws IOException {
    Node leader = fleet.node(1, 1, 2);
    fleet.node(2, 1);

    leader.exchange.send(2, 2, 7, fleet.publish(leader, 2, 100, 3_000));
    fleet.runUntil("refused", () -> !fleet.sent(1).isEmpty());

    assertThat(fleet.sent(1)).containsExactly(new Report.Sent(1, 2, 2, false, 100));
    assertThat(fleet.chunksCarried()).isZero();
  }

  @Test
  void anOfferThatLeadsOutOfItsFolderIsRefused() throws IOException {
    fleet.node(1);
    Node follower = fleet.node(2);
    SnapshotManifest evil =
        SnapshotManifest.newBuilder()
            .setGroup(1)
            .setIndex(5)
            .setTerm(1)
            .setFormatVersion(1)
            .addFiles(SnapshotFile.newBuilder().setName("../../node").setSizeBytes(1))
            .build();

    follower.exchange.onBulk(1, offer(1, 2, 9, evil));
    follower.exchange.pass();

    assertThat(follower.disk.list("g1")).isEmpty();
    assertThat(fleet.underway.getFirst().message().getProgress().getStatus())
        .isEqualTo(SnapshotStatus.SNAPSHOT_STATUS_REFUSED);
  }

  @Test
  void aMessageThatNamesAnotherSenderThanItsConnectionIsIgnored() throws IOException {
    Node leader = fleet.node(1);
    Node follower = fleet.node(2);
    SnapshotManifest manifest = fleet.publish(leader, 1, 100, 10).manifest();

    follower.exchange.onBulk(3, offer(1, 2, 9, manifest));
    fleet.turn();

    assertThat(follower.disk.list("g1")).isEmpty();
  }

  @Test
  void aSnapshotThatDoesNotFitIsRefusedBeforeAnythingIsSent() throws IOException {
    Node leader = fleet.node(1);
    Node follower = fleet.node(2);
    follower.disk.setQuotaBytes(5_000);

    leader.exchange.send(1, 2, 7, fleet.publish(leader, 1, 100, 20_000));
    fleet.runUntil("refused", () -> !fleet.sent(1).isEmpty());

    assertThat(fleet.sent(1).getFirst().success()).isFalse();
    assertThat(fleet.chunksCarried()).isZero();
    assertThat(follower.disk.list("g1")).isEmpty();
  }

  @Test
  void aReceiverWhoseDiskFillsUpRefusesAndLeavesNothingBehind() throws IOException {
    Node leader = fleet.node(1);
    Node follower = fleet.node(2);
    leader.exchange.send(1, 2, 7, fleet.publish(leader, 1, 100, 20_000));
    fleet.runUntil("some of it", () -> fleet.chunksCarried() == 5);
    follower.disk.setFaults((operation, path) -> {
      if (operation == Operation.SYNC || operation == Operation.WRITE) {
        throw new IOException("No space left on device");
      }
    });

    fleet.runUntil("refused", () -> !fleet.sent(1).isEmpty());

    assertThat(fleet.sent(1).getFirst().success()).isFalse();
    assertThat(fleet.received(2)).isEmpty();
    assertThat(follower.disk.list("g1")).isEmpty();
  }

  /** H32: what a disk that failed still says is worth nothing; the process has to end. */
  @Test
  void aReceiverWhoseDiskFailsGoesNoFurther() throws IOException {
    Node leader = fleet.node(1);
    Node follower = fleet.node(2);
    leader.exchange.send(1, 2, 7, fleet.publish(leader, 1, 100, 20_000));
    fleet.runUntil("some of it", () -> fleet.chunksCarried() == 5);
    follower.disk.setFaults((operation, path) -> {
      if (operation == Operation.SYNC) {
        throw new IOException("input/output error");
      }
    });

    assertThatThrownBy(() -> fleet.runUntil("refused", () -> !fleet.sent(1).isEmpty()))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("input/output error");
    assertThat(fleet.received(2)).isEmpty();
  }

  @Test
  void aPeerThatStaysAwayIsGivenUpAfterTheStallTime() throws IOException {
    Node leader = fleet.node(1);
    fleet.node(2);
    fleet.cutOff.add(2);
    long began = fleet.clock.nanoTime();

    leader.exchange.send(1, 2, 7, fleet.publish(leader, 1, 100, 20_000));
    fleet.runUntil("given up", () -> !fleet.sent(1).isEmpty());

    assertThat(fleet.sent(1).getFirst().success()).isFalse();
    assertThat(fleet.clock.nanoTime() - began).isBetween(2_000_000_000L, 2_200_000_000L);
  }

  @Test
  void aReceiverThatAnswersButNeverGetsFurtherIsGivenUpToo() throws IOException {
    Node leader = fleet.node(1);
    fleet.node(2);
    fleet.tamper = parcel -> parcel.message().hasChunk() ? null : parcel;

    leader.exchange.send(1, 2, 7, fleet.publish(leader, 1, 100, 20_000));
    fleet.runUntil("given up", () -> !fleet.sent(1).isEmpty());

    assertThat(fleet.sent(1).getFirst().success()).isFalse();
  }

  @Test
  void aReceiverForgetsASenderThatWentSilentButKeepsWhatItSent() throws IOException {
    Node leader = fleet.node(1);
    Node follower = fleet.node(2);
    StoredSnapshot snapshot = fleet.publish(leader, 1, 100, 20_000);
    leader.exchange.send(1, 2, 7, snapshot);
    fleet.runUntil("some of it", () -> fleet.chunksCarried() == 8);
    fleet.nodes.remove(1);
    fleet.underway.clear();
    fleet.cutOff.add(1);
    fleet.runFor(10_000_000_000L);
    assertThat(follower.exchange.pass()).isEqualTo(Long.MAX_VALUE);

    fleet.cutOff.clear();
    fleet.nodes.put(1, leader);
    leader.exchange.send(1, 2, 8, snapshot);
    fleet.runUntil("sent", () -> fleet.sent(1).stream().anyMatch(Report.Sent::success));

    assertThat(sameFiles(leader, follower, snapshot)).isTrue();
    assertThat(fleet.chunksCarried())
        .isLessThanOrEqualTo(20 + SnapshotFleet.OPTIONS.windowChunks());
  }

  @Test
  void theInboxIsBounded() throws IOException {
    Node node = fleet.node(1);
    BulkMessage large =
        offer(2, 1, 1, SnapshotManifest.getDefaultInstance()).toBuilder()
            .setChunk(SnapshotChunk.newBuilder().setData(ByteString.copyFrom(new byte[1 << 20])))
            .build();

    for (int i = 0; i < 100; i++) {
      node.exchange.onBulk(2, large);
    }

    assertThat(node.exchange.dropped()).isBetween(60L, 75L);
    node.exchange.pass();
    node.exchange.onBulk(2, large);
    assertThat(node.exchange.dropped()).isBetween(60L, 75L);
  }

  private static BulkMessage offer(int from, int to, long transfer, SnapshotManifest manifest) {
    return BulkMessage.newBuilder()
        .setGroup(1)
        .setFrom(from)
        .setTo(to)
        .setTerm(7)
        .setOffer(SnapshotOffer.newBuilder().setTransfer(transfer).setManifest(manifest))
        .build();
  }

  private static UnaryOperator<Parcel> onChunks(UnaryOperator<BulkMessage> change) {
    return parcel ->
        parcel.message().hasChunk()
            ? new Parcel(parcel.from(), parcel.to(), change.apply(parcel.message()))
            : parcel;
  }

  private static ByteString flipped(BulkMessage chunk) {
    byte[] bytes = chunk.getChunk().getData().toByteArray();
    bytes[bytes.length / 2] ^= 4;
    return ByteString.copyFrom(bytes);
  }

  private static BulkMessage withData(BulkMessage message, ByteString data) {
    return message.toBuilder().setChunk(message.getChunk().toBuilder().setData(data)).build();
  }
}
