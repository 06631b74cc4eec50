package dev.flotilla.bench.micro;

import dev.flotilla.raft.core.Effect;
import dev.flotilla.raft.core.Effects;
import dev.flotilla.raft.core.Entry;
import dev.flotilla.raft.core.HardState;
import dev.flotilla.raft.core.Input;
import dev.flotilla.raft.core.LogBase;
import dev.flotilla.raft.core.LogReader;
import dev.flotilla.raft.core.Message;
import dev.flotilla.raft.core.RaftCore;
import dev.flotilla.raft.core.RaftOptions;
import dev.flotilla.raft.core.ReplicaIdentity;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Node 1's replica of a group of three, and of what it asks for only what a benchmark needs to go
 * on. Its log is never read: what is asked for is in the core's memory.
 */
final class DrivenCore implements Effects {
  /** How much later each step comes than the one before. */
  private static final long STEP_NANOS = 1_000;

  private final RaftCore core;
  private long nowNanos = 1_000_000_000L;
  private HardState hardState = HardState.INITIAL;
  private long lastIndex;
  private long announced;
  private long round;
  private long readsReady;
  private long sent;

  DrivenCore() {
    core =
        new RaftCore(
            1,
            RaftOptions.DEFAULT,
            new SplittableRandom(7),
            new RaftCore.Recovered(
                hardState, new UnreadLog(), 0, ReplicaIdentity.of(Replicas.incarnation(1))),
            nowNanos);
  }

  /** A replica that leads term 1, with its first entry committed everywhere. */
  static DrivenCore leader() {
    DrivenCore leader = new DrivenCore();
    leader.waitForDeadline();
    leader.step(new Input.Tick());
    leader.receive(new Message.PreVoteReply(2, 1, Replicas.TERM, true));
    leader.step(new Input.HardStateDurable(leader.hardState));
    leader.receive(new Message.VoteReply(2, 1, Replicas.TERM, true));
    leader.durable();
    leader.acknowledge(2);
    leader.acknowledge(3);
    if (leader.announced != 1) {
      throw new IllegalStateException("it does not lead");
    }
    leader.applied();
    return leader;
  }

  void step(Input input) {
    nowNanos += STEP_NANOS;
    core.step(nowNanos, input, this);
  }

  void receive(Message message) {
    step(new Input.Receive(message, Replicas.incarnation(message.from())));
  }

  /** The log is on disk as far as it goes. */
  void durable() {
    step(new Input.LogDurable(lastIndex, Replicas.TERM));
  }

  /** A follower says that it has the log as far as it goes. */
  void acknowledge(int node) {
    receive(new Message.AppendReply(node, 1, Replicas.TERM, true, lastIndex, 0, 0, 0));
  }

  /** A follower answers the last round. */
  void answerRound(int node) {
    receive(new Message.HeartbeatReply(node, 1, Replicas.TERM, round));
  }

  /** The state machine has applied what was handed over. */
  void applied() {
    step(new Input.Applied(announced));
  }

  void waitForDeadline() {
    nowNanos = Math.max(nowNanos, core.nextDeadlineNanos());
  }

  long lastIndex() {
    return lastIndex;
  }

  /** What may be applied. */
  long announced() {
    return announced;
  }

  long readsReady() {
    return readsReady;
  }

  /** Messages it wanted to send so far. */
  long sent() {
    return sent;
  }

  @Override
  public void emit(Effect effect) {
    switch (effect) {
      case Effect.Append(List<Entry> entries) -> lastIndex = entries.getLast().index();
      case Effect.PersistHardState(HardState state) -> hardState = state;
      case Effect.Send(Message message, Effect.Durability when) -> {
        sent++;
        if (message instanceof Message.Heartbeat heartbeat) {
          round = heartbeat.round();
        }
      }
      case Effect.ApplyUpTo(long index) -> announced = index;
      case Effect.ReadReady ready -> readsReady++;
      case Effect.RoleChanged changed -> {}
      case Effect.ProposalAccepted accepted -> {}
      default -> throw new IllegalStateException("did not expect " + effect);
    }
  }

  private static final class UnreadLog implements LogReader {
    @Override
    public LogBase base() {
      return Replicas.base();
    }

    @Override
    public long lastIndex() {
      return 0;
    }

    @Override
    public List<Entry> read(long from, long to, long maxBytes) {
      throw new IllegalStateException("entries " + from + ".." + to + " are not kept");
    }
  }
}
