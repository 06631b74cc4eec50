package dev.flotilla.raft.runtime;

import dev.flotilla.proto.admin.v1.ChangeMembersRequest;
import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.TransferLeadershipReply;
import dev.flotilla.proto.admin.v1.TransferLeadershipRequest;
import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.RequestBatch;
import dev.flotilla.raft.env.Transport;
import dev.flotilla.raft.log.BackgroundWork;
import dev.flotilla.raft.log.WriteAheadLog;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node without threads: its parts, put together and recovered, each to be driven by calling its
 * {@code pass()}. {@link RaftNode} adds the threads; a simulator calls the passes itself, in
 * whatever order it likes, because nothing but the parts' queues connects them.
 */
public final class NodeAssembly implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodeAssembly.class);
  private static final long NANOS_PER_MILLI = 1_000_000L;

  private final NodeOptions options;
  private final NodeEnvironment env;
  private final WriteAheadLog wal;
  private final List<ReplicaFolder> folders;
  private final Mailbox mailbox;
  private final NodeLoop loop;
  private final Applier applier;
  private final SnapshotWorker snapshots;
  private final RequestIntake intake;
  private final NodeReceiver receiver;
  private final NodeMetrics metrics;
  private final NodeEvents events;
  private boolean closed;

  NodeAssembly(
      NodeOptions options,
      NodeEnvironment env,
      WriteAheadLog wal,
      List<ReplicaFolder> folders,
      Mailbox mailbox,
      NodeLoop loop,
      Applier applier,
      SnapshotWorker snapshots,
      RequestIntake intake,
      NodeMetrics metrics,
      NodeEvents events) {
    this.options = options;
    this.env = env;
    this.wal = wal;
    this.folders = folders;
    this.mailbox = mailbox;
    this.loop = loop;
    this.applier = applier;
    this.snapshots = snapshots;
    this.intake = intake;
    this.metrics = metrics;
    this.events = events;
    this.receiver = new NodeReceiver(options, mailbox, snapshots.exchange(), metrics);
  }

  /**
   * Recovers a node from its disk. Nothing runs yet, and the transport is not started.
   *
   * @param background where the log makes and deletes its files
   * @throws IOException when the disk fails, is another node's, or has lost what was promised
   */
  public static NodeAssembly recover(
      NodeOptions options,
      NodeEnvironment env,
      List<ReplicaSpec> specs,
      RaftNode.FatalHandler fatal,
      BackgroundWork background)
      throws IOException {
    return new NodeRecovery(options, env, fatal).recover(specs, background);
  }

  public NodeLoop loop() {
    return loop;
  }

  public Applier applier() {
    return applier;
  }

  public SnapshotWorker snapshots() {
    return snapshots;
  }

  public NodeMetrics metrics() {
    return metrics;
  }

  public NodeEvents events() {
    return events;
  }

  /** What to give to the transport. */
  public Transport.Receiver receiver() {
    return receiver;
  }

  /** See {@link RaftNode#submit}. */
  public void submit(ClientChannel channel, RequestBatch batch) {
    intake.submit(channel, batch);
  }

  /** See {@link RaftNode#status}. */
  public CompletableFuture<NodeStatus> status(boolean stateHash) {
    CompletableFuture<NodeStatus> answer = new CompletableFuture<>();
    return ask(new Mail.StatusAsked(null, stateHash, answer), answer);
  }

  /** See {@link RaftNode#statusOf}. */
  public CompletableFuture<NodeStatus> statusOf(Set<Integer> groups) {
    CompletableFuture<NodeStatus> answer = new CompletableFuture<>();
    return ask(new Mail.StatusAsked(groups, false, answer), answer);
  }

  /** See {@link RaftNode#transferLeadership}. */
  public CompletableFuture<TransferLeadershipReply> transferLeadership(
      TransferLeadershipRequest request) {
    CompletableFuture<TransferLeadershipReply> answer = new CompletableFuture<>();
    return ask(new Mail.TransferAsked(request, answer), answer);
  }

  /** See {@link RaftNode#changeMembers}. */
  public void changeMembers(ChangeMembersRequest request, MemberChangeListener listener) {
    if (!mailbox.ask(new Mail.ChangeAsked(request, listener))) {
      listener.progress(
          MembershipChanges.refusal(options.name() + " has stopped, or is asked too much"));
    }
  }

  /**
   * Begins an orderly end; completed when the node may be closed, at the latest after the timeout.
   */
  public CompletableFuture<Void> drain(long timeoutMillis) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    long deadlineNanos = env.clock().nanoTime() + timeoutMillis * NANOS_PER_MILLI;
    return ask(new Mail.DrainAsked(deadlineNanos, done), done);
  }

  private <T> CompletableFuture<T> ask(Mail question, CompletableFuture<T> answer) {
    if (!mailbox.ask(question)) {
      answer.completeExceptionally(
          new IllegalStateException(options.name() + " has stopped, or is asked too much"));
    }
    return answer;
  }

  /**
   * Answers what is open and closes the files. Nobody may be inside a pass, or call one afterwards;
   * the transport must be closed already, or deliver nothing.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    loop.abandon(ErrorCode.ERROR_CODE_SHUTTING_DOWN, "the node has stopped");
    applier.close();
    try {
      wal.close();
      for (ReplicaFolder folder : folders) {
        folder.close();
      }
    } catch (IOException e) {
      log.warn("{}: closing the log", options.name(), e);
    }
  }
}
