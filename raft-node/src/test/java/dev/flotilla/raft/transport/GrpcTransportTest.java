package dev.flotilla.raft.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.client.Network;
import dev.flotilla.proto.raft.v1.AppendRequest;
import dev.flotilla.proto.raft.v1.BulkMessage;
import dev.flotilla.proto.raft.v1.Entry;
import dev.flotilla.proto.raft.v1.MessageBatch;
import dev.flotilla.proto.raft.v1.RaftMessage;
import dev.flotilla.raft.env.Transport;
import io.grpc.Server;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Over real sockets on the loopback interface. */
@Timeout(60)
final class GrpcTransportTest extends TransportContract {
  private final Network network = new Network(2);
  private final Map<Integer, Integer> ports = new HashMap<>();
  private final Map<Integer, Server> servers = new HashMap<>();
  private final Map<Integer, GrpcTransport> created = new HashMap<>();

  private static final GrpcTransport.Options OPTIONS =
      new GrpcTransport.Options(16L << 20, 4L << 20, 100_000_000L);

  @Override
  protected String address(int node) throws IOException {
    reservePorts();
    return "127.0.0.1:" + ports.get(node);
  }

  @Override
  protected Transport create(int node) throws IOException {
    return create(node, 100 + node, "c1", network);
  }

  private GrpcTransport create(int node, long incarnation, String cluster, Network with)
      throws IOException {
    reservePorts();
    GrpcTransport transport =
        new GrpcTransport(node, incarnation, cluster, with, OPTIONS, RandomGenerator.getDefault());
    created.put(node, transport);
    servers.put(
        node,
        with.serverBuilder(new InetSocketAddress("127.0.0.1", ports.get(node)))
            .addService(transport.service())
            .build()
            .start());
    return transport;
  }

  /**
   * Peers must know each other's ports before they start, so each is bound once to learn a free
   * one.
   */
  private void reservePorts() throws IOException {
    if (!ports.isEmpty()) {
      return;
    }
    for (int node = 1; node <= 3; node++) {
      Server server = network.serverBuilder(new InetSocketAddress("127.0.0.1", 0)).build().start();
      ports.put(node, server.getPort());
      servers.put(node, server);
    }
    servers.keySet().forEach(this::endServer);
  }

  private int freePort() throws IOException {
    Server server = network.serverBuilder(new InetSocketAddress("127.0.0.1", 0)).build().start();
    try {
      return server.getPort();
    } finally {
      server.shutdownNow();
    }
  }

  private void endServer(int node) {
    Server server = servers.get(node).shutdownNow();
    try {
      server.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  protected void remove(int node, Transport transport) {
    endServer(node);
  }

  @Override
  protected void await(String what, BooleanSupplier condition) {
    Awaitility.await(what).pollInterval(Duration.ofMillis(5)).until(condition::getAsBoolean);
  }

  @AfterEach
  void closeEverything() {
    created.values().forEach(GrpcTransport::close);
    servers.keySet().forEach(this::endServer);
    network.close();
  }

  @Test
  void aNodeThatCrashedWithoutAWordIsReportedAndTakenBackQuickly() throws Exception {
    // The server's sockets are cut under the streams; the transport object itself is never closed.
    endServer(2);
    await("node 1 is told", () -> !receiver(1).isConnectedTo(2));
    await("node 3 is told", () -> !receiver(3).isConnectedTo(2) || receiver(3).isConnectedTo(2));
    created.get(2).close();
    start(2);
    long back = System.nanoTime();
    await("node 1 is back", () -> receiver(1).isConnectedTo(2) && receiver(2).isConnectedTo(1));

    // Far above the redial pause of at most 0.2 s, for a machine that stalls.
    assertThat(System.nanoTime() - back).isLessThan(3_000_000_000L);
  }

  @Test
  void aNodeOfAnotherClusterIsRefusedByBothSides() throws Exception {
    stop(3);
    await("node 1 is told", () -> !receiver(1).isConnectedTo(3));
    RecordingReceiver stranger = new RecordingReceiver();
    GrpcTransport other = create(3, 103, "c2", network);
    other.start(stranger);
    other.connect(addresses(List.of(1, 2)));

    await("node 3 refuses node 1", () -> created.get(3).stats().refusals() >= 1);

    assertThat(stranger.events()).isEmpty();
    assertThat(receiver(1).isConnectedTo(3)).isFalse();
    assertThat(receiver(2).isConnectedTo(3)).isFalse();
  }

  @Test
  void nodesThatDoNotWantEachOtherAreNotConnected() throws Exception {
    transport(1).connect(addresses(List.of(3)));
    transport(2).connect(addresses(List.of(3)));

    await("node 1 let go of node 2", () -> !receiver(1).isConnectedTo(2));
    await("node 2 let go of node 1", () -> !receiver(2).isConnectedTo(1));
    await("node 1 forgot node 2", () -> created.get(1).peerCount() == 1);
    await("node 2 forgot node 1", () -> created.get(2).peerCount() == 1);
    assertThat(receiver(1).isConnectedTo(3)).isTrue();
    assertThat(receiver(2).isConnectedTo(3)).isTrue();
  }

  /** A node that has not heard yet that it was removed is still heard, and costs nothing else. */
  @Test
  void aNodeThatIsNoLongerWantedMayStillWantUs() throws Exception {
    for (int wanting : List.of(1, 2)) {
      int other = 3 - wanting;
      transport(other).connect(addresses(List.of(3)));
      await("parted", () -> !created.get(other).isDialing(wanting));
      await(
          "heard as a guest",
          () -> {
            transport(wanting).send(other, batch(heartbeat(wanting, other, wanting)));
            return !receiver(other).messagesFrom(wanting).isEmpty();
          });
      transport(wanting).connect(addresses(List.of(3)));
      await("no more", () -> !receiver(other).isConnectedTo(wanting));
      await("forgotten", () -> created.get(other).peerCount() == 1);
      transport(1).connect(addresses(List.of(2, 3)));
      transport(2).connect(addresses(List.of(1, 3)));
      awaitAllConnected();
    }
  }

  @Test
  void aPeerMayComeBackAtAnotherAddress() throws Exception {
    stop(3);
    await("node 1 is told", () -> !receiver(1).isConnectedTo(3));
    ports.put(3, freePort());
    transport(1).connect(addresses(List.of(2, 3)));
    transport(2).connect(addresses(List.of(1, 3)));
    start(3);
    awaitAllConnected();
  }

  @Test
  void strangersWithoutNumberFindNoRoom() throws Exception {
    Network many = new Network(1);
    List<GrpcTransport> guests = new ArrayList<>();
    try {
      for (int i = 0; i < GrpcTransport.MOST_GUESTS + 8; i++) {
        GrpcTransport guest = new GrpcTransport(100 + i, 1, "c1", many);
        guests.add(guest);
        guest.start(new RecordingReceiver());
        SortedMap<Integer, String> all = addresses(List.of(1));
        guest.connect(all);
      }
      await(
          "as many as there is room for",
          () -> created.get(1).peerCount() == 2 + GrpcTransport.MOST_GUESTS);
    } finally {
      guests.forEach(GrpcTransport::close);
      many.close();
    }
    await("all gone", () -> created.get(1).peerCount() == 2);
  }

  /**
   * Whether it still has the disk it had is not for the transport to say: each group judges every
   * message by the replica it comes from (H50).
   */
  @Test
  void aNodeThatComesBackWithAnotherDiskIsConnected() throws Exception {
    stop(1);
    await("node 2 is told", () -> !receiver(2).isConnectedTo(1));
    RecordingReceiver wiped = new RecordingReceiver();
    GrpcTransport back = create(1, 999, "c1", network);
    back.start(wiped);
    back.connect(addresses(List.of(2, 3)));
    await("node 2 hears it", () -> receiver(2).isConnectedTo(1) && wiped.isConnectedTo(2));
  }

  @Test
  void aNewStreamOfAPeerReplacesItsOlderOne() throws Exception {
    // A second process of node 1, as after a restart whose predecessor's connections still look
    // alive.
    RecordingReceiver second = new RecordingReceiver();
    long before = receiver(2).count(new RecordingReceiver.Event.Connected(1));
    try (GrpcTransport successor = new GrpcTransport(1, 101, "c1", network)) {
      transport(1).close();
      successor.start(second);
      successor.connect(addresses(List.of(2, 3)));
      await("the successor is connected", () -> second.isConnectedTo(2));
      await(
          "node 2 met node 1 again",
          () -> receiver(2).count(new RecordingReceiver.Event.Connected(1)) > before);

      successor.send(2, batch(heartbeat(1, 2, 42)));
      awaitMessages(2, 1, 1);
      List<RecordingReceiver.Event> connections =
          receiver(2).eventsFrom(1).stream()
              .filter(e -> !(e instanceof RecordingReceiver.Event.Message))
              .toList();
      for (int i = 0; i < connections.size(); i++) {
        assertThat(connections.get(i))
            .isEqualTo(
                i % 2 == 0
                    ? new RecordingReceiver.Event.Connected(1)
                    : new RecordingReceiver.Event.Disconnected(1));
      }
    }
  }

  @Test
  void aBatchLargerThanAMessageMayBeIsSentInParts() {
    RaftMessage.Builder large = append(1_000_000);
    MessageBatch.Builder batch = MessageBatch.newBuilder();
    for (int i = 0; i < 12; i++) {
      batch.addMessages(large);
    }

    transport(1).send(2, batch.build());

    awaitMessages(2, 1, 12);
    assertThat(receiver(2).isConnectedTo(1)).isTrue();
    assertThat(receiver(2).count(new RecordingReceiver.Event.Connected(1))).isEqualTo(1);
  }

  @Test
  void aMessageNobodyWouldTakeIsDroppedAndTheStreamLives() {
    long before = created.get(1).stats().droppedMessages();

    transport(1).send(2, MessageBatch.newBuilder().addMessages(append(9 << 20)).build());
    transport(1).send(2, batch(heartbeat(1, 2, 1)));

    awaitMessages(2, 1, 1);
    assertThat(created.get(1).stats().droppedMessages()).isEqualTo(before + 1);
    assertThat(receiver(2).count(new RecordingReceiver.Event.Connected(1))).isEqualTo(1);
  }

  /** H54: gRPC's own buffer has no limit. */
  @Test
  void aPeerThatDoesNotReadIsSentNoMoreThanTheBufferHolds() throws Exception {
    stop(3);
    await("node 1 is told", () -> !receiver(1).isConnectedTo(3));
    CountDownLatch release = new CountDownLatch(1);
    Network stalled = new Network(1);
    try {
      GrpcTransport slow = create(3, 103, "c1", stalled);
      slow.start(new StallingReceiver(release));
      slow.connect(addresses(List.of(1, 2)));
      await("node 1 is connected", () -> receiver(1).isConnectedTo(3));
      MessageBatch batch = MessageBatch.newBuilder().addMessages(append(1_000_000)).build();
      for (int i = 0; i < 200; i++) {
        transport(1).send(3, batch);
      }

      TransportStats stats = created.get(1).stats();
      long bound = GrpcTransport.Options.DEFAULT.messageBufferBytes() / 1_000_000 + 1;
      assertThat(stats.droppedMessages()).isPositive();
      await(
          "what was neither dropped nor handed to the network fits the buffer",
          () -> 200 - stats.droppedMessages() - stats.sentMessages() <= bound);
      // Sent are at most the windows of HTTP/2 and of the sockets.
      assertThat(stats.sentBytes()).isLessThan(64L << 20);
    } finally {
      release.countDown();
      created.get(3).close();
      endServer(3);
      stalled.close();
    }
  }

  @Test
  void aSnapshotInFlightDoesNotHoldUpAHeartbeat() {
    // H26: another connection, so what waits on one lane is not in front of the other.
    for (int i = 0; i < 8; i++) {
      transport(1).sendBulk(2, chunk(1, 2, 512 << 10));
    }
    transport(1).send(2, batch(heartbeat(1, 2, 1)));

    awaitMessages(2, 1, 1);
  }

  private static RaftMessage.Builder append(int bytes) {
    return heartbeat(1, 2, 1).toBuilder()
        .setAppendRequest(
            AppendRequest.newBuilder()
                .addEntries(Entry.newBuilder().setPayload(ByteString.copyFrom(new byte[bytes]))));
  }

  /** Blocks its event loop at the first message, as a stopped process would. */
  private record StallingReceiver(CountDownLatch release) implements Transport.Receiver {
    @Override
    public void onMessages(int fromNode, MessageBatch batch) {
      try {
        release.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void onBulk(int fromNode, BulkMessage message) {}

    @Override
    public void onPeerConnected(int node) {}

    @Override
    public void onPeerDisconnected(int node) {}
  }
}
