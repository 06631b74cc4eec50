package dev.flotilla.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.Role;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.proto.raft.v1.BulkMessage;
import dev.flotilla.proto.raft.v1.MessageBatch;
import dev.flotilla.raft.core.Membership;
import dev.flotilla.raft.core.RaftOptions;
import dev.flotilla.raft.env.NioDisk;
import dev.flotilla.raft.env.SystemClock;
import dev.flotilla.raft.env.SystemStreams;
import dev.flotilla.raft.env.Transport;
import dev.flotilla.raft.log.WalOptions;
import dev.flotilla.raft.snapshot.SnapshotExchange;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three nodes with their threads, on real disks and the real clock; only the network is in memory.
 */
final class RaftNodeTest {
  private static final int GROUP = 1;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path folder;
  private final Map<Integer, RaftNode> nodes = new ConcurrentHashMap<>();
  private final Map<Integer, Transport.Receiver> receivers = new ConcurrentHashMap<>();
  private final List<String> fatal = new CopyOnWriteArrayList<>();
  private final RecordingClient client = new RecordingClient();

  private final class DirectTransport implements Transport {
    private final int self;

    DirectTransport(int self) {
      this.self = self;
    }

    @Override
    public void start(Receiver receiver) {
      receivers.put(self, receiver);
    }

    @Override
    public void send(int toNode, MessageBatch batch) {
      Receiver receiver = receivers.get(toNode);
      if (receiver != null) {
        receiver.onMessages(self, batch);
      }
    }

    @Override
    public boolean sendBulk(int toNode, BulkMessage message) {
      Receiver receiver = receivers.get(toNode);
      if (receiver != null) {
        receiver.onBulk(self, message);
      }
      return receiver != null;
    }

    @Override
    public void close() {
      receivers.remove(self);
      receivers.values().forEach(receiver -> receiver.onPeerDisconnected(self));
    }
  }

  private void start(int id) throws IOException {
    NioDisk disk = new NioDisk(folder.resolve("n" + id));
    NodeOptions options =
        new NodeOptions(
            id,
            "n" + id,
            "test",
            Map.of(1, "h:1", 2, "h:2", 3, "h:3"),
            RaftOptions.DEFAULT,
            WalOptions.DEFAULT,
            SnapshotExchange.Options.DEFAULT,
            NodeOptions.Limits.DEFAULT);
    NodeEnvironment env =
        new NodeEnvironment(new SystemClock(), disk, new DirectTransport(id), new SystemStreams());
    ReplicaSpec spec =
        new ReplicaSpec(
            GROUP,
            "g1",
            Membership.ofVoters(Set.of(1, 2, 3)),
            true,
            directory -> new RegisterMachine(disk, directory, true));
    nodes.put(
        id,
        RaftNode.start(
            options, env, List.of(spec), (code, reason, cause) -> fatal.add(code + " " + reason)));
  }

  @AfterEach
  void stopAll() {
    nodes.values().forEach(RaftNode::close);
    assertThat(fatal).isEmpty();
  }

  private int leader() {
    for (Map.Entry<Integer, RaftNode> node : nodes.entrySet()) {
      NodeStatus status = node.getValue().status(false).join();
      if (status.getReplicas(0).getRole() == Role.ROLE_LEADER) {
        return node.getKey();
      }
    }
    return 0;
  }

  private int awaitLeader() {
    await().atMost(PATIENCE).until(() -> leader() != 0);
    return leader();
  }

  private Reply ask(boolean command, String text) {
    int leader = awaitLeader();
    long id =
        command
            ? client.command(nodes.get(leader)::submit, GROUP, text)
            : client.query(nodes.get(leader)::submit, GROUP, text);
    await().atMost(PATIENCE).until(() -> client.isAnswered(id));
    return client.reply(id);
  }

  @Test
  void nodesWithThreadsServeFailOverShutDownAndComeBack() throws Exception {
    for (int id = 1; id <= 3; id++) {
      start(id);
    }
    int first = awaitLeader();
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      ids.add(client.command(nodes.get(first)::submit, GROUP, "set k" + i % 100 + " " + i));
    }
    await().atMost(PATIENCE).until(() -> ids.stream().allMatch(client::isAnswered));
    assertThat(ids).allMatch(id -> client.reply(id).getOutcome() == Outcome.OUTCOME_APPLIED);
    assertThat(nodes.get(first).metrics().fsync().count()).isLessThan(2_000);

    nodes.remove(first).shutdown(4_000);
    int second = awaitLeader();
    assertThat(second).isNotEqualTo(first);
    assertThat(ask(true, "set a after").getOutcome()).isEqualTo(Outcome.OUTCOME_APPLIED);
    assertThat(ask(false, "get k99").getResult().toStringUtf8()).isEqualTo("1999");

    start(first);
    await()
        .atMost(PATIENCE)
        .until(() ->
            nodes.values().stream()
                    .map(node -> node.status(true).join().getReplicas(0).getStateHash())
                    .distinct()
                    .count()
                == 1);
    for (int id = 1; id <= 3; id++) {
      nodes.remove(id).close();
    }
    for (int id = 1; id <= 3; id++) {
      start(id);
    }
    assertThat(ask(false, "get a").getResult().toStringUtf8()).isEqualTo("after");
    assertThat(ask(false, "genesis").getResult().toStringUtf8()).isEqualTo("1");
  }
}
