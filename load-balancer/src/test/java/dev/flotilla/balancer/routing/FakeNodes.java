package dev.flotilla.balancer.routing;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.LeaderHint;
import dev.flotilla.proto.client.v1.Members;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.ReadConsistency;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.proto.kv.v1.Command;
import dev.flotilla.proto.kv.v1.CommandResult;
import dev.flotilla.proto.kv.v1.Query;
import dev.flotilla.proto.kv.v1.QueryResult;
import dev.flotilla.proto.kv.v1.Status;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Nodes without a network: one leader and term per group, nodes that are down, frozen or behind,
 * and a state machine that keeps to the rules of exactly-once.
 */
final class FakeNodes implements NodeConnections {

  /** What a node was asked, probes left out. */
  record Asked(int node, Command command, Query query, long atMillis) {}

  private final ManualTime time;
  private final Map<Integer, Leader> leaderOf = new HashMap<>();
  private final Map<Integer, Leader> believed = new HashMap<>();
  private final Set<Integer> down = new HashSet<>();
  private final Set<Integer> frozen = new HashSet<>();
  private final Map<Integer, Deque<Reply>> scripted = new HashMap<>();
  private final Map<String, CommandResult> sessions = new HashMap<>();
  private final List<Runnable> breakers = new ArrayList<>();
  final List<Asked> asked = new ArrayList<>();
  final List<Long> probesAt = new ArrayList<>();
  int effects;
  private final Map<Integer, Members> told = new HashMap<>();
  Map<Integer, String> wanted = new HashMap<>();
  final List<Integer> askedForMembers = new ArrayList<>();
  private boolean silent;
  private Duration roundTrip = Duration.ofNanos(500_000);

  FakeNodes(ManualTime time) {
    this.time = time;
  }

  void lead(int group, int node, long term) {
    leaderOf.put(group, new Leader(node, term));
  }

  void noLeader(int group) {
    leaderOf.remove(group);
  }

  void answerAfter(Duration delay) {
    roundTrip = delay;
  }

  /** What a node that does not lead says about who does. */
  void believe(int node, Leader leader) {
    believed.put(node, leader);
  }

  /** What a node says of its group's members. */
  void tell(int node, Members members) {
    told.put(node, members);
  }

  /** Refuses connections. */
  void down(int node) {
    down.add(node);
  }

  void up(int node) {
    down.remove(node);
    frozen.remove(node);
  }

  /** Takes requests and answers none. */
  void frozen(int node) {
    frozen.add(node);
  }

  /** The next requests to a node, probes left out, are answered so. */
  void script(int node, Reply... replies) {
    for (Reply reply : replies) {
      scripted.computeIfAbsent(node, n -> new ArrayDeque<>()).add(reply);
    }
  }

  /** From now on commands take effect but their answers are lost until {@link #breakStreams}. */
  void loseAnswers() {
    silent = true;
  }

  /** Everything without an answer gets the one of a broken stream. */
  void breakStreams() {
    silent = false;
    List<Runnable> all = new ArrayList<>(breakers);
    breakers.clear();
    all.forEach(Runnable::run);
  }

  @Override
  public void want(Map<Integer, String> addresses) {
    wanted = Map.copyOf(addresses);
  }

  private void askMembers(int node, int timeoutMillis, Consumer<Reply> onReply) {
    askedForMembers.add(node);
    Members members = told.get(node);
    if (down.contains(node) || !wanted.containsKey(node) || members == null) {
      onReply.accept(refused(ErrorCode.ERROR_CODE_UNAVAILABLE, null));
    } else if (frozen.contains(node)) {
      Reply late = refused(ErrorCode.ERROR_CODE_TIMEOUT, null);
      time.after(timeoutMillis * 1_000_000L, () -> onReply.accept(late));
    } else {
      Reply reply =
          Reply.newBuilder().setOutcome(Outcome.OUTCOME_APPLIED).setMembers(members).build();
      time.after(roundTrip.toNanos(), () -> onReply.accept(reply));
    }
  }

  @Override
  public NodeChannel to(int node) {
    return new NodeChannel() {
      @Override
      public void command(
          int group, ByteString command, int timeoutMillis, Consumer<Reply> onReply) {
        send(node, group, command, Kind.COMMAND, timeoutMillis, onReply);
      }

      @Override
      public void query(
          int group,
          ByteString query,
          ReadConsistency consistency,
          int timeoutMillis,
          Consumer<Reply> onReply) {
        boolean stale = consistency == ReadConsistency.READ_CONSISTENCY_STALE;
        send(node, group, query, stale ? Kind.STALE_READ : Kind.READ, timeoutMillis, onReply);
      }

      @Override
      public void members(int group, int timeoutMillis, Consumer<Reply> onReply) {
        askMembers(node, timeoutMillis, onReply);
      }
    };
  }

  private enum Kind {
    COMMAND,
    READ,
    STALE_READ
  }

  private void send(
      int node, int group, ByteString body, Kind kind, int timeoutMillis, Consumer<Reply> onReply) {
    boolean isCommand = kind == Kind.COMMAND;
    boolean probe = !isCommand && isProbe(body);
    note(node, body, isCommand, probe);
    if (down.contains(node) || !wanted.containsKey(node)) {
      onReply.accept(refused(ErrorCode.ERROR_CODE_UNAVAILABLE, null));
      return;
    }
    boolean[] answered = new boolean[1];
    Consumer<Reply> once =
        reply -> {
          if (!answered[0]) {
            answered[0] = true;
            onReply.accept(reply);
          }
        };
    Reply lost =
        Reply.newBuilder()
            .setOutcome(isCommand ? Outcome.OUTCOME_UNKNOWN : Outcome.OUTCOME_NOT_APPLIED)
            .setError(ErrorCode.ERROR_CODE_UNAVAILABLE)
            .build();
    Reply late = lost.toBuilder().setError(ErrorCode.ERROR_CODE_TIMEOUT).build();
    breakers.add(() -> once.accept(lost));
    time.after(timeoutMillis * 1_000_000L, () -> once.accept(late));
    if (frozen.contains(node)) {
      return;
    }
    Reply reply = reply(node, group, body, kind, probe);
    if (silent && isCommand) {
      return;
    }
    time.after(roundTrip.toNanos(), () -> once.accept(reply));
  }

  private void note(int node, ByteString body, boolean command, boolean probe) {
    if (probe) {
      probesAt.add(time.millis());
      return;
    }
    asked.add(
        new Asked(
            node,
            command ? parse(Command.parser(), body) : Command.getDefaultInstance(),
            command ? Query.getDefaultInstance() : parse(Query.parser(), body),
            time.millis()));
  }

  private Reply reply(int node, int group, ByteString body, Kind kind, boolean probe) {
    Deque<Reply> script = scripted.get(node);
    if (!probe && script != null && !script.isEmpty()) {
      return script.remove();
    }
    Leader leader = leaderOf.get(group);
    boolean leads = leader != null && leader.node() == node;
    if (!leads && kind != Kind.STALE_READ) {
      return refused(ErrorCode.ERROR_CODE_NOT_LEADER, believed.get(node));
    }
    long term = leader == null ? 0 : leader.term();
    return Reply.newBuilder()
        .setOutcome(Outcome.OUTCOME_APPLIED)
        .setTerm(term)
        .setResult(
            kind == Kind.COMMAND
                ? apply(parse(Command.parser(), body)).toByteString()
                : QueryResult.newBuilder()
                    .setStatus(Status.STATUS_NOT_FOUND)
                    .build()
                    .toByteString())
        .build();
  }

  private CommandResult apply(Command command) {
    String id = command.getClientIdHigh() + "/" + command.getClientIdLow() + "/" + command.getSeq();
    return sessions.computeIfAbsent(
        id,
        first ->
            CommandResult.newBuilder().setStatus(Status.STATUS_OK).setRevision(++effects).build());
  }

  static Reply refused(ErrorCode error, Leader hint) {
    Reply.Builder reply =
        Reply.newBuilder().setOutcome(Outcome.OUTCOME_NOT_APPLIED).setError(error);
    if (hint != null) {
      reply.setLeader(
          LeaderHint.newBuilder()
              .setNode(hint.node())
              .setAddress(RouterScene.address(hint.node()))
              .setTerm(hint.term()));
    }
    return reply.build();
  }

  static Reply unknown(ErrorCode error) {
    return Reply.newBuilder().setOutcome(Outcome.OUTCOME_UNKNOWN).setError(error).build();
  }

  static Reply applied(long term, CommandResult result) {
    return Reply.newBuilder()
        .setOutcome(Outcome.OUTCOME_APPLIED)
        .setTerm(term)
        .setResult(result.toByteString())
        .build();
  }

  private static boolean isProbe(ByteString body) {
    return parse(Query.parser(), body).getRingEpoch() == 0;
  }

  private static <T> T parse(com.google.protobuf.Parser<T> parser, ByteString bytes) {
    try {
      return parser.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {}
}
