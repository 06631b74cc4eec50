package dev.flotilla.raft.runtime;

import dev.flotilla.proto.admin.v1.ChangeMembersRequest;
import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.TransferLeadershipReply;
import dev.flotilla.proto.admin.v1.TransferLeadershipRequest;
import dev.flotilla.proto.client.v1.RequestBatch;
import dev.flotilla.raft.fsm.StateStorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node: its log, its replicas, its threads (loop, applier, snapshots, files). */
public final class RaftNode implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RaftNode.class);

  /** How long a thread may take to come out of its pass when the node stops. */
  private static final long JOIN_MILLIS = 5_000;

  /** What a drain may take beyond its timeout before it is given up. */
  private static final long DRAIN_GRACE_MILLIS = 500;

  /**
   * What to do when the node cannot go on; called once. A process ends with 70, a test records it.
   */
  @FunctionalInterface
  public interface FatalHandler {
    void fatal(int exitCode, String reason, Throwable cause);
  }

  private final NodeOptions options;
  private final NodeEnvironment env;
  private final NodeAssembly assembly;
  private final FileThread files;
  private final DutyThread loop;
  private final DutyThread applier;
  private final DutyThread snapshots;
  private final AtomicBoolean closed = new AtomicBoolean();

  private RaftNode(
      NodeOptions options,
      NodeEnvironment env,
      NodeAssembly assembly,
      FileThread files,
      FatalHandler fatal) {
    this.options = options;
    this.env = env;
    this.assembly = assembly;
    this.files = files;
    String name = options.name();
    this.loop =
        new DutyThread(
            name + "-loop", assembly.loop()::pass, e -> failed(fatal, name + "-loop", e));
    this.applier =
        new DutyThread(
            name + "-applier", assembly.applier()::pass, e -> failed(fatal, name + "-applier", e));
    this.snapshots =
        new DutyThread(
            name + "-snapshot",
            assembly.snapshots()::pass,
            e -> failed(fatal, name + "-snapshot", e));
    assembly.loop().onMail(loop::wake);
    assembly.applier().onWork(applier::wake);
    assembly.snapshots().onWork(snapshots::wake);
  }

  /**
   * Recovers and starts the node. The transport is started by this call.
   *
   * @throws dev.flotilla.raft.log.LogDamagedException when the log may have lost what was promised
   */
  public static RaftNode start(
      NodeOptions options, NodeEnvironment env, List<ReplicaSpec> replicas, FatalHandler fatal)
      throws IOException {
    FatalOnce once = new FatalOnce(fatal);
    String filesName = options.name() + "-files";
    FileThread files = new FileThread(filesName, e -> failed(once, filesName, e));
    RaftNode node;
    try {
      NodeAssembly assembly = NodeAssembly.recover(options, env, replicas, once, files);
      node = new RaftNode(options, env, assembly, files, once);
    } catch (IOException | RuntimeException e) {
      files.close();
      throw e;
    }
    node.loop.start();
    node.applier.start();
    node.snapshots.start();
    env.transport().start(node.assembly.receiver());
    return node;
  }

  /** Takes a client's requests; every one is answered on the channel exactly once. Never blocks. */
  public void submit(ClientChannel channel, RequestBatch batch) {
    assembly.submit(channel, batch);
  }

  /**
   * @param stateHash also compute the replicas' state hashes
   */
  public CompletableFuture<NodeStatus> status(boolean stateHash) {
    return assembly.status(stateHash);
  }

  /** The same without the replicas of other groups: a node may host many, and be asked often. */
  public CompletableFuture<NodeStatus> statusOf(Set<Integer> groups) {
    return assembly.statusOf(groups);
  }

  public CompletableFuture<TransferLeadershipReply> transferLeadership(
      TransferLeadershipRequest request) {
    return assembly.transferLeadership(request);
  }

  /**
   * Adds, removes or replaces a member of a group this node leads, one change at a time. Never
   * blocks; the listener hears of every step and of exactly one end. A newcomer that has not caught
   * up when the request's time is over is removed again, and the end is NOT_APPLIED. A change that
   * is under way when leadership is lost ends UNKNOWN here, though its next leader may finish it: a
   * newcomer that has become a learner is promoted by whoever leads once it has caught up. Asking
   * again there goes on with it.
   */
  public void changeMembers(ChangeMembersRequest request, MemberChangeListener listener) {
    assembly.changeMembers(request, listener);
  }

  /** What happened to the node and its replicas. */
  public NodeEvents events() {
    return assembly.events();
  }

  public NodeMetrics metrics() {
    return assembly.metrics();
  }

  /**
   * Hands over what it leads, drains, flushes the state machines, stops. Bounded by {@code
   * timeoutMillis}.
   */
  public void shutdown(long timeoutMillis) {
    if (!closed.get()) {
      drain(timeoutMillis);
    }
    close();
  }

  private void drain(long timeoutMillis) {
    try {
      assembly.drain(timeoutMillis).get(timeoutMillis + DRAIN_GRACE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      log.warn("{}: stopping without draining: {}", options.name(), String.valueOf(e.getCause()));
    } catch (TimeoutException e) {
      log.warn("{}: stopping, the loop did not drain within {} ms", options.name(), timeoutMillis);
    }
  }

  /** Stops at once, as a crash would, but closes files. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    loop.stop();
    applier.stop();
    snapshots.stop();
    boolean ended = loop.join(JOIN_MILLIS);
    ended &= applier.join(JOIN_MILLIS);
    ended &= snapshots.join(JOIN_MILLIS);
    env.transport().close();
    if (!ended) {
      // A thread that hangs in a system call still uses the files: leave them to the end of the
      // process.
      log.error("{}: a thread did not stop, its files stay open", options.name());
      return;
    }
    assembly.close();
    files.close();
  }

  private static void failed(FatalHandler fatal, String thread, Throwable cause) {
    log.error("{} failed", thread, cause);
    boolean storage =
        cause instanceof StorageFailure
            || cause instanceof StateStorageException
            || cause instanceof UncheckedIOException;
    int exitCode = storage ? NodeLoop.STORAGE_FAILURE : NodeLoop.INTERNAL_ERROR;
    fatal.fatal(exitCode, "thread " + thread + " failed: " + cause, cause);
  }
}
