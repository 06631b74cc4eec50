package dev.flotilla.raft.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.raft.v1.BulkMessage;
import dev.flotilla.proto.raft.v1.Heartbeat;
import dev.flotilla.proto.raft.v1.MessageBatch;
import dev.flotilla.proto.raft.v1.RaftMessage;
import dev.flotilla.proto.raft.v1.SnapshotChunk;
import dev.flotilla.raft.env.Transport;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What any {@link Transport} does while the network is well: three nodes, each of which may end and
 * come back.
 */
public abstract class TransportContract {

  private final Map<Integer, Transport> transports = new TreeMap<>();
  private final Map<Integer, RecordingReceiver> receivers = new TreeMap<>();

  /**
   * Makes node 1, 2 or 3 reachable and returns its transport, not started. Called again after
   * {@link #remove}.
   */
  protected abstract Transport create(int node) throws Exception;

  /** Where node 1, 2 or 3 is found, or will be. */
  protected abstract String address(int node) throws Exception;

  /** Takes the node's transport, which may be closed already, off the network. */
  protected abstract void remove(int node, Transport transport);

  /** Lets time pass until the condition holds; fails when it does not within a fair while. */
  protected abstract void await(String what, BooleanSupplier condition);

  @BeforeEach
  final void startThreeNodes() throws Exception {
    for (int node = 1; node <= 3; node++) {
      start(node);
    }
    awaitAllConnected();
  }

  @Test
  final void everyNodeReachesEveryOtherAndIsToldWhoSpeaks() {
    for (int from = 1; from <= 3; from++) {
      for (int to = 1; to <= 3; to++) {
        if (from != to) {
          transport(from).send(to, batch(heartbeat(from, to, 1)));
        }
      }
    }
    for (int from = 1; from <= 3; from++) {
      for (int to = 1; to <= 3; to++) {
        if (from != to) {
          awaitMessages(to, from, 1);
          assertThat(receiver(to).messagesFrom(from)).containsExactly(heartbeat(from, to, 1));
        }
      }
    }
  }

  @Test
  final void messagesOfOneBatchKeepTheirOrder() {
    transport(1).send(2, batch(heartbeat(1, 2, 1), heartbeat(1, 2, 2), heartbeat(1, 2, 3)));

    awaitMessages(2, 1, 3);
    assertThat(receiver(2).messagesFrom(1))
        .containsExactly(heartbeat(1, 2, 1), heartbeat(1, 2, 2), heartbeat(1, 2, 3));
  }

  @Test
  final void theLaneForSnapshotsCarriesBothWays() {
    sendBulkUntilTaken(1, 2, chunk(1, 2, 1_000));
    sendBulkUntilTaken(2, 1, chunk(2, 1, 1_000));

    await("a chunk at node 2", () -> !receiver(2).bulkFrom(1).isEmpty());
    await("a chunk at node 1", () -> !receiver(1).bulkFrom(2).isEmpty());
    assertThat(receiver(2).bulkFrom(1).getFirst()).isEqualTo(chunk(1, 2, 1_000));
    assertThat(receiver(1).bulkFrom(2).getFirst()).isEqualTo(chunk(2, 1, 1_000));
  }

  @Test
  final void aPeerIsAnnouncedBeforeItsFirstMessage() {
    transport(1).send(2, batch(heartbeat(1, 2, 1)));
    awaitMessages(2, 1, 1);

    assertThat(receiver(2).eventsFrom(1).getFirst())
        .isEqualTo(new RecordingReceiver.Event.Connected(1));
  }

  @Test
  final void aNodeThatEndsIsReportedToTheOthers() {
    stop(2);

    await("node 1 is told", () -> !receiver(1).isConnectedTo(2));
    await("node 3 is told", () -> !receiver(3).isConnectedTo(2));
    assertThat(receiver(1).isConnectedTo(3)).isTrue();
  }

  @Test
  final void aNodeThatComesBackIsReachedFromBothSides() throws Exception {
    stop(2);
    await("node 1 is told", () -> !receiver(1).isConnectedTo(2));
    await("node 3 is told", () -> !receiver(3).isConnectedTo(2));
    start(2);
    awaitAllConnected();

    transport(1).send(2, batch(heartbeat(1, 2, 7)));
    transport(2).send(1, batch(heartbeat(2, 1, 8)));
    transport(3).send(2, batch(heartbeat(3, 2, 9)));

    awaitMessages(2, 1, 1);
    awaitMessages(1, 2, 1);
    awaitMessages(2, 3, 1);
  }

  @Test
  final void whatCannotBeSentIsDroppedWithoutComplaint() {
    stop(3);
    await("node 1 is told", () -> !receiver(1).isConnectedTo(3));

    transport(1).send(3, batch(heartbeat(1, 3, 1)));
    transport(1).send(99, batch(heartbeat(1, 99, 1)));

    assertThat(transport(1).sendBulk(99, chunk(1, 99, 10))).isFalse();
  }

  @Test
  final void aClosedTransportDeliversNothingAndMayBeClosedAgain() {
    RecordingReceiver closed = receiver(2);
    stop(2);
    await("node 1 is told", () -> !receiver(1).isConnectedTo(2));
    int before = closed.events().size();

    transport(2).close();
    transport(2).send(1, batch(heartbeat(2, 1, 1)));

    assertThat(closed.events()).hasSize(before);
    assertThat(receiver(1).messagesFrom(2)).isEmpty();
  }

  /** A node that is to join a group wants nobody yet: it knows nobody. */
  @Test
  final void aNodeThatWantsNobodyIsReachedByThoseThatWantIt() throws Exception {
    for (int passive : List.of(1, 3)) {
      int other = 4 - passive;
      transport(other).connect(addresses(List.of(1, 2, 3)));
      stop(passive);
      await("the other is told", () -> !receiver(other).isConnectedTo(passive));
      start(passive, List.of());
      await("connected", () -> receiver(other).isConnectedTo(passive));
      await("connected back", () -> receiver(passive).isConnectedTo(other));

      transport(other).send(passive, batch(heartbeat(other, passive, 1)));
      transport(passive).send(other, batch(heartbeat(passive, other, 2)));
      sendBulkUntilTaken(other, passive, chunk(other, passive, 1_000));

      awaitMessages(passive, other, 1);
      awaitMessages(other, passive, 1);
      await("a chunk", () -> !receiver(passive).bulkFrom(other).isEmpty());
    }
  }

  @Test
  final void aPeerThatIsWantedAgainIsReachedAgain() throws Exception {
    transport(1).connect(addresses(List.of(3)));
    transport(2).connect(addresses(List.of(3)));
    transport(1).connect(addresses(List.of(2, 3)));
    transport(2).connect(addresses(List.of(1, 3)));
    awaitAllConnected();

    transport(1).send(2, batch(heartbeat(1, 2, 1)));
    transport(2).send(1, batch(heartbeat(2, 1, 1)));
    transport(1).send(3, batch(heartbeat(1, 3, 1)));

    awaitMessages(2, 1, 1);
    awaitMessages(1, 2, 1);
    awaitMessages(3, 1, 1);
  }

  protected final void start(int node) throws Exception {
    start(node, List.of(1, 2, 3));
  }

  /** Starts a node that wants these peers. */
  protected final void start(int node, List<Integer> wanted) throws Exception {
    Transport transport = create(node);
    RecordingReceiver receiver = new RecordingReceiver();
    transports.put(node, transport);
    receivers.put(node, receiver);
    transport.start(receiver);
    transport.connect(addresses(wanted));
  }

  protected final SortedMap<Integer, String> addresses(List<Integer> nodes) throws Exception {
    SortedMap<Integer, String> addresses = new TreeMap<>();
    for (int node : nodes) {
      addresses.put(node, address(node));
    }
    return addresses;
  }

  protected final void stop(int node) {
    transport(node).close();
    remove(node, transport(node));
  }

  protected final Transport transport(int node) {
    return transports.get(node);
  }

  protected final RecordingReceiver receiver(int node) {
    return receivers.get(node);
  }

  protected final void awaitAllConnected() {
    for (int node : List.of(1, 2, 3)) {
      for (int peer : List.of(1, 2, 3)) {
        if (node != peer) {
          await("node " + node + " connected to " + peer, () -> receiver(node).isConnectedTo(peer));
        }
      }
    }
  }

  protected final void awaitMessages(int at, int from, int count) {
    await(
        count + " messages from " + from + " at " + at,
        () -> receiver(at).messagesFrom(from).size() >= count);
  }

  /** The lane for snapshots connects unannounced, so the first attempts may be refused. */
  protected final void sendBulkUntilTaken(int from, int to, BulkMessage message) {
    await("bulk from " + from + " to " + to, () -> transport(from).sendBulk(to, message));
  }

  protected static MessageBatch batch(RaftMessage... messages) {
    return MessageBatch.newBuilder().addAllMessages(List.of(messages)).build();
  }

  protected static RaftMessage heartbeat(int from, int to, long round) {
    return RaftMessage.newBuilder()
        .setGroup(1)
        .setFrom(from)
        .setTo(to)
        .setTerm(1)
        .setHeartbeat(Heartbeat.newBuilder().setRound(round))
        .build();
  }

  protected static BulkMessage chunk(int from, int to, int bytes) {
    return BulkMessage.newBuilder()
        .setGroup(1)
        .setFrom(from)
        .setTo(to)
        .setChunk(SnapshotChunk.newBuilder().setData(ByteString.copyFrom(new byte[bytes])))
        .build();
  }
}
