package dev.flotilla.simulation.world;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.flotilla.balancer.routing.NodeChannel;
import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.MembersQuery;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.ReadConsistency;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.proto.client.v1.ReplyBatch;
import dev.flotilla.proto.client.v1.Request;
import dev.flotilla.proto.client.v1.RequestBatch;
import dev.flotilla.raft.runtime.ClientChannel;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A balancer's stream to a node, with the contract of the real one: every request is answered
 * exactly once, by its deadline, and what the link itself answers is NOT_APPLIED only when the
 * request certainly never arrived.
 */
final class BalancerLink implements NodeChannel {
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** How long a refused connection takes to be known. */
  private static final long REFUSAL_NANOS = 400_000;

  private record Pending(int group, boolean command, Consumer<Reply> onReply) {}

  private final World world;
  private final Balancer balancer;
  private final int node;
  private final TreeMap<Long, Pending> pending = new TreeMap<>();
  private long lastId;
  private int connection;
  private boolean closed;
  private boolean wanted;

  BalancerLink(World world, Balancer balancer, int node) {
    this.world = world;
    this.balancer = balancer;
    this.node = node;
  }

  @Override
  public void command(int group, ByteString command, int timeoutMillis, Consumer<Reply> onReply) {
    send(
        Request.newBuilder().setGroup(group).setCommand(command).setTimeoutMillis(timeoutMillis),
        true,
        onReply);
  }

  @Override
  public void query(
      int group,
      ByteString query,
      ReadConsistency consistency,
      int timeoutMillis,
      Consumer<Reply> onReply) {
    send(
        Request.newBuilder()
            .setGroup(group)
            .setQuery(query)
            .setConsistency(consistency)
            .setTimeoutMillis(timeoutMillis),
        false,
        onReply);
  }

  @Override
  public void members(int group, int timeoutMillis, Consumer<Reply> onReply) {
    send(
        Request.newBuilder()
            .setGroup(group)
            .setMembers(MembersQuery.getDefaultInstance())
            .setTimeoutMillis(timeoutMillis),
        false,
        onReply);
  }

  /** Whether the balancer has a use for the node; one it has none for is not asked anything. */
  void setWanted(boolean now) {
    wanted = now;
  }

  private void send(Request.Builder request, boolean command, Consumer<Reply> onReply) {
    if (!wanted) {
      onReply.accept(unanswered(ErrorCode.ERROR_CODE_UNAVAILABLE, false));
      return;
    }
    long id = ++lastId;
    int sentOn = connection;
    pending.put(id, new Pending(request.getGroup(), command, onReply));
    byte[] bytes =
        RequestBatch.newBuilder()
            .setClusterId(World.CLUSTER)
            .addRequests(request.setId(id))
            .build()
            .toByteArray();
    world
        .timeline()
        .after(
            request.getTimeoutMillis() * NANOS_PER_MILLI,
            () -> answer(id, unanswered(ErrorCode.ERROR_CODE_TIMEOUT, command)));
    world
        .network()
        .sendConnected(balancer.id(), node, () -> arrive(bytes, id, sentOn), () -> reset(sentOn));
  }

  private void arrive(byte[] bytes, long id, int sentOn) {
    if (sentOn != connection || closed) {
      return;
    }
    Host host = world.host(node);
    if (!host.isUp()) {
      // Nobody listens there: this request went nowhere.
      world
          .timeline()
          .after(
              REFUSAL_NANOS, () -> answer(id, unanswered(ErrorCode.ERROR_CODE_UNAVAILABLE, false)));
      return;
    }
    try {
      RequestBatch batch = RequestBatch.parseFrom(bytes);
      Request request = batch.getRequests(0);
      Way way = new Way(host, host.lives(), sentOn, request);
      if (request.hasMembers()) {
        host.answerMembers(way, request);
      } else {
        host.submit(way, batch);
      }
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("what was sent cannot be read", e);
    }
  }

  /** The connection is gone; what was sent on it may have arrived or not. */
  void reset(int which) {
    if (which != connection || closed) {
      return;
    }
    connection++;
    List<Long> ids = List.copyOf(pending.keySet());
    for (long id : ids) {
      Pending waiting = pending.get(id);
      if (waiting != null) {
        answer(id, unanswered(ErrorCode.ERROR_CODE_UNAVAILABLE, waiting.command()));
      }
    }
  }

  void reset() {
    reset(connection);
  }

  /** The balancer's process is gone: nobody waits for answers any more. */
  void close() {
    closed = true;
    pending.clear();
  }

  private static Reply unanswered(ErrorCode error, boolean mayHaveArrived) {
    return Reply.newBuilder()
        .setOutcome(mayHaveArrived ? Outcome.OUTCOME_UNKNOWN : Outcome.OUTCOME_NOT_APPLIED)
        .setError(error)
        .setMessage("no answer from the node")
        .build();
  }

  private void answer(long id, Reply reply) {
    Pending waiting = pending.remove(id);
    if (waiting != null && !closed) {
      if (reply.getOutcome() != Outcome.OUTCOME_APPLIED) {
        world.watch().declined(reply.getError(), reply.getOutcome());
      } else if (waiting.command()) {
        world.watch().acknowledged(waiting.group(), reply.getIndex());
      }
      waiting.onReply().accept(reply);
    }
  }

  /** The way back on one connection to one life of the node. */
  private final class Way implements ClientChannel {
    private final Host host;
    private final int life;
    private final int sentOn;
    private final int group;

    /** What a fresh read found; null for the others. */
    private final Watch.@Nullable ReadArrival arrival;

    private ReplyBatch.Builder gathered = ReplyBatch.newBuilder();

    Way(Host host, int life, int sentOn, Request request) {
      this.host = host;
      this.life = life;
      this.sentOn = sentOn;
      this.group = request.getGroup();
      boolean fresh =
          request.hasQuery() && request.getConsistency() != ReadConsistency.READ_CONSISTENCY_STALE;
      this.arrival = fresh ? world.watch().readArrives(host, group) : null;
    }

    @Override
    public void reply(Reply reply) {
      if (reply.getOutcome() == Outcome.OUTCOME_APPLIED && arrival != null) {
        world.watch().answersRead(host, group, arrival);
      }
      gathered.addReplies(reply);
    }

    @Override
    public void flush() {
      ReplyBatch batch = gathered.build();
      gathered = ReplyBatch.newBuilder();
      if (batch.getRepliesCount() == 0 || !host.isLiving(life)) {
        return;
      }
      byte[] bytes = batch.toByteArray();
      host.afterWaiting(
          life,
          () ->
              world
                  .network()
                  .sendConnected(node, balancer.id(), () -> back(bytes), () -> reset(sentOn)));
    }

    private void back(byte[] bytes) {
      if (sentOn != connection || closed) {
        return;
      }
      try {
        for (Reply reply : ReplyBatch.parseFrom(bytes).getRepliesList()) {
          answer(reply.getId(), reply);
        }
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException("what was sent cannot be read", e);
      }
    }
  }
}
