package dev.flotilla.bench.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.flotilla.bench.door.Answers;
import dev.flotilla.bench.door.Door;
import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.Operation;
import dev.flotilla.client.Network;
import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.LeaderHint;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.proto.client.v1.Request;
import dev.flotilla.proto.kv.v1.Command;
import dev.flotilla.proto.kv.v1.CommandResult;
import dev.flotilla.proto.kv.v1.Query;
import dev.flotilla.proto.kv.v1.QueryResult;
import dev.flotilla.proto.kv.v1.Status;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StreamDoorTest implements Answers {

  private static final long PATIENCE_NANOS = 20_000_000_000L;
  private static final byte[] ANY = new byte[0];

  private final Network network = new Network(1);
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Map<ByteString, ByteString> data = new ConcurrentHashMap<>();
  private final AtomicInteger revision = new AtomicInteger();
  private final List<String> answers = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable resource : open) {
      resource.close();
    }
    network.close();
  }

  private <T extends AutoCloseable> T closing(T resource) {
    open.addFirst(resource);
    return resource;
  }

  private FakeNode node(int id, FakeNode.Behaviour behaviour) throws IOException {
    return closing(new FakeNode(id, network, behaviour));
  }

  private Door door(int lanes, boolean separate, long timeoutNanos, FakeNode... nodes)
      throws IOException {
    List<String> addresses = List.of(nodes).stream().map(FakeNode::address).toList();
    StreamDoors doors =
        closing(StreamDoors.connect("c1", addresses, 1, separate, timeoutNanos, System::nanoTime));
    return closing(doors.open(lanes));
  }

  @Override
  public void succeeded(int lane, Operation operation, int group, long revision) {
    answers.add("ok g" + group + " at " + revision);
  }

  @Override
  public void failed(int lane, Operation operation, Failure failure) {
    answers.add(failure.code() + " " + failure.outcome());
  }

  private void await(Door door, int count) throws IOException {
    while (answers.size() < count) {
      door.poll(1_000_000_000L, this);
    }
  }

  /** The state machine's answer, with its effect. */
  private Optional<Reply> serve(FakeNode node, Request request) {
    try {
      return Optional.of(
          switch (request.getBodyCase()) {
            case COMMAND -> applied(apply(Command.parseFrom(request.getCommand())));
            case QUERY -> applied(look(Query.parseFrom(request.getQuery())));
            default -> Reply.getDefaultInstance();
          });
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private CommandResult apply(Command command) {
    data.put(command.getPut().getKey(), command.getPut().getValue());
    long condition = command.getPut().getCondition().getRevisionIs();
    return condition != 0 && condition != revision.get()
        ? CommandResult.newBuilder().setStatus(Status.STATUS_CONDITION_FAILED).build()
        : CommandResult.newBuilder()
            .setStatus(Status.STATUS_OK)
            .setRevision(revision.incrementAndGet())
            .build();
  }

  private QueryResult look(Query query) {
    ByteString value = data.get(query.getGet().getKey());
    return value == null
        ? QueryResult.newBuilder().setStatus(Status.STATUS_NOT_FOUND).build()
        : QueryResult.newBuilder()
            .setStatus(Status.STATUS_OK)
            .setValue(value)
            .setRevision(revision.get())
            .build();
  }

  private static Reply applied(MessageLite result) {
    return Reply.newBuilder()
        .setOutcome(Outcome.OUTCOME_APPLIED)
        .setResult(result.toByteString())
        .setTerm(3)
        .build();
  }

  private static Reply refused(ErrorCode code, int leader) {
    return Reply.newBuilder()
        .setOutcome(Outcome.OUTCOME_NOT_APPLIED)
        .setError(code)
        .setLeader(LeaderHint.newBuilder().setNode(leader).setTerm(4))
        .build();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static Operation set(String key) {
    return new Operation.Set(bytes(key), bytes("value"));
  }

  private static Command command(Request request) {
    try {
      return Command.parseFrom(request.getCommand());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Its group would be missing in the ring, and its keys would be sent to groups without them. */
  @Test
  void aSilentNodeThatNobodyNamesMayStandForAGroupAndIsNotPassedOver() throws IOException {
    FakeNode serving = node(1, this::serve);
    FakeNode silent = new FakeNode(2, network, this::serve);
    String address = silent.address();
    silent.close();
    assertThatThrownBy(() -> door(1, false, PATIENCE_NANOS, serving, silent))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(address)
        .hasMessageContaining("a group may be missing");

    serving.knows(1, silent);
    assertThat(door(1, false, PATIENCE_NANOS, serving, silent).lanes()).isEqualTo(1);
  }

  @Test
  void writesAndReadsAndWritesOnCondition() throws Exception {
    Door door = door(1, false, PATIENCE_NANOS, node(1, this::serve));
    door.submit(0, set("k"));
    await(door, 1);
    door.submit(0, new Operation.Get(bytes("k"), bytes("val"), 5));
    await(door, 2);
    door.submit(0, new Operation.SetIf(bytes("k"), bytes("other"), 1));
    await(door, 3);
    door.submit(0, new Operation.SetIf(bytes("k"), bytes("late"), 1));
    await(door, 4);
    assertThat(answers)
        .containsExactly("ok g1 at 1", "ok g1 at 1", "ok g1 at 2", "CONFLICT NOT_APPLIED");
  }

  @Test
  void aWrongOrMissingValueIsAMismatch() throws Exception {
    Door door = door(1, false, PATIENCE_NANOS, node(1, this::serve));
    door.submit(0, new Operation.Get(bytes("nobody"), ANY, -1));
    await(door, 1);
    data.put(ByteString.copyFromUtf8("k"), ByteString.copyFromUtf8("wrong"));
    door.submit(0, new Operation.Get(bytes("k"), bytes("right"), 5));
    await(door, 2);
    assertThat(answers).containsExactly("MISMATCH WRONG", "MISMATCH WRONG");
  }

  @Test
  void lanesShareOneStreamAndOneIdentity() throws Exception {
    FakeNode node = node(1, this::serve);
    Door door = door(50, false, PATIENCE_NANOS, node);
    for (int lane = 0; lane < 50; lane++) {
      door.submit(lane, set("k" + lane));
    }
    await(door, 50);
    assertThat(node.streams()).isEqualTo(1);
    // The first goes as soon as there is a connection; by then the others are there too.
    assertThat(node.batchSizes()).hasSizeLessThan(50);
    assertThat(node.requests().stream().map(r -> command(r).getClientIdLow()).distinct())
        .hasSize(1);
    assertThat(node.requests().stream().map(r -> command(r).getSeq()).distinct()).hasSize(50);
  }

  @Test
  void separateLanesHaveStreamsAndIdentitiesOfTheirOwnAndOneRequestAMessage() throws Exception {
    FakeNode node = node(1, this::serve);
    Door door = door(20, true, PATIENCE_NANOS, node);
    for (int round = 1; round <= 3; round++) {
      for (int lane = 0; lane < 20; lane++) {
        door.submit(lane, set("k" + lane));
      }
      await(door, 20 * round);
    }
    assertThat(node.streams()).isEqualTo(20);
    assertThat(node.batchSizes()).hasSize(60).containsOnly(1);
    assertThat(node.requests().stream().map(r -> command(r).getClientIdLow()).distinct())
        .hasSize(20);
  }

  @Test
  void whatWasAnsweredIsAcknowledgedWithTheNext() throws Exception {
    FakeNode node = node(1, this::serve);
    Door door = door(1, false, PATIENCE_NANOS, node);
    for (int i = 1; i <= 3; i++) {
      door.submit(0, set("k"));
      await(door, i);
    }
    assertThat(node.requests().stream().map(r -> command(r).getAckedBelow()))
        .containsExactly(1L, 2L, 3L);
  }

  @Test
  void followsTheHintToTheLeaderAndRemembersIt() throws Exception {
    FakeNode follower = node(1, (_, _) -> Optional.of(refused(ErrorCode.ERROR_CODE_NOT_LEADER, 2)));
    FakeNode leader = node(2, this::serve);
    leader.knows(1);
    Door door = door(1, false, PATIENCE_NANOS, follower, leader);
    door.submit(0, set("k"));
    await(door, 1);
    door.submit(0, set("k"));
    await(door, 2);
    assertThat(answers).containsExactly("ok g1 at 1", "ok g1 at 2");
    assertThat(follower.requests()).hasSize(1);
    assertThat(leader.requests()).hasSize(2);
  }

  @Test
  void aBrokenStreamIsFollowedByTheSameCommandUnderTheSameNumber() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    FakeNode.Behaviour breaksOnce =
        (node, request) -> asked.incrementAndGet() == 1 ? Optional.empty() : serve(node, request);
    FakeNode one = node(1, breaksOnce);
    FakeNode two = node(2, breaksOnce);
    two.knows(1);
    Door door = door(1, false, PATIENCE_NANOS, one, two);
    door.submit(0, set("k"));
    await(door, 1);
    assertThat(answers).containsExactly("ok g1 at 1");
    List<Request> all = new ArrayList<>(one.requests());
    all.addAll(two.requests());
    assertThat(all).hasSize(2);
    assertThat(all.stream().map(Request::getCommand).collect(Collectors.toSet())).hasSize(1);
  }

  @Test
  void aCommandThatWasSentAndNeverAnsweredIsUnknown() throws Exception {
    Door door = door(2, false, 300_000_000L, node(1, (_, _) -> Optional.empty()));
    door.submit(0, set("k"));
    door.submit(1, new Operation.Get(bytes("k"), ANY, -1));
    await(door, 2);
    assertThat(answers).hasSize(2).anyMatch(a -> a.endsWith(" UNKNOWN"));
    assertThat(answers).anyMatch(a -> a.endsWith(" NOT_APPLIED"));
  }

  @Test
  void aCommandThatWasRefusedToTheEndIsNotApplied() throws Exception {
    FakeNode node = node(1, (_, _) -> Optional.of(refused(ErrorCode.ERROR_CODE_OVERLOADED, 0)));
    Door door = door(1, false, 200_000_000L, node);
    door.submit(0, set("k"));
    await(door, 1);
    assertThat(answers).containsExactly("OVERLOADED NOT_APPLIED");
    assertThat(node.requests()).hasSizeBetween(2, 60);
  }

  @Test
  void membersThatWereNotNamedAreFoundThroughThoseThatWere() throws Exception {
    FakeNode leader = node(2, this::serve);
    FakeNode named = node(1, (_, _) -> Optional.of(refused(ErrorCode.ERROR_CODE_NOT_LEADER, 0)));
    named.knows(2, named, leader);
    Door door = door(1, false, PATIENCE_NANOS, named);
    door.submit(0, set("k"));
    await(door, 1);
    assertThat(answers).containsExactly("ok g1 at 1");
    assertThat(named.requests()).isEmpty();
  }

  @Test
  void aClusterOfWhichNoNodeAnswersIsNotOpened() throws Exception {
    FakeNode node = node(1, this::serve);
    String address = node.address();
    node.close();
    assertThatThrownBy(
            () -> StreamDoors.connect("c1", List.of(address), 1, false, 1, System::nanoTime))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(address);
  }
}
