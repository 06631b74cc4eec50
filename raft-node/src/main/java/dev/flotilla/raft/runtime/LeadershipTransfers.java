package dev.flotilla.raft.runtime;

import dev.flotilla.proto.admin.v1.TransferLeadershipReply;
import dev.flotilla.proto.admin.v1.TransferLeadershipReply.Transfer;
import dev.flotilla.proto.admin.v1.TransferLeadershipRequest;
import dev.flotilla.raft.core.Effect;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Operators' requests to hand leadership over, each answered when all its groups have ended or its
 * time is up.
 */
final class LeadershipTransfers {
  private static final long DEFAULT_TIMEOUT_MILLIS = 5_000;
  private static final long NANOS_PER_MILLI = 1_000_000L;

  private static final class Request {
    private final SortedMap<Integer, Transfer> ended = new TreeMap<>();
    private final SortedMap<Integer, Replica> open = new TreeMap<>();
    private final long deadlineNanos;
    private final CompletableFuture<TransferLeadershipReply> answer;

    Request(long deadlineNanos, CompletableFuture<TransferLeadershipReply> answer) {
      this.deadlineNanos = deadlineNanos;
      this.answer = answer;
    }

    void complete() {
      answer.complete(TransferLeadershipReply.newBuilder().addAllTransfers(ended.values()).build());
    }
  }

  private final List<Request> requests = new ArrayList<>();

  void start(Mail.TransferAsked asked, SortedMap<Integer, Replica> replicas, long nowNanos) {
    TransferLeadershipRequest wanted = asked.request();
    long millis =
        wanted.getTimeoutMillis() == 0
            ? DEFAULT_TIMEOUT_MILLIS
            : Integer.toUnsignedLong(wanted.getTimeoutMillis());
    Request request = new Request(nowNanos + millis * NANOS_PER_MILLI, asked.answer());
    if (wanted.getGroup() == 0) {
      for (Replica replica : replicas.values()) {
        if (replica.leads()) {
          request.open.put(replica.group, replica);
        }
      }
    } else {
      Replica replica = replicas.get(wanted.getGroup());
      if (replica == null) {
        end(request, wanted.getGroup(), false, 0, "this node does not host the group");
      } else if (!replica.leads()) {
        end(request, replica.group, false, replica.leader(), "this node does not lead the group");
      } else {
        request.open.put(replica.group, replica);
      }
    }
    requests.add(request);
    for (Replica replica : List.copyOf(request.open.values())) {
      replica.transfer(wanted.getTarget(), ended -> ended(request, replica, ended));
    }
    finish(nowNanos);
  }

  private void ended(Request request, Replica replica, Effect.TransferEnded ended) {
    if (request.open.remove(replica.group) != null) {
      boolean done = ended.newLeader() != 0;
      int leader = done ? ended.newLeader() : replica.leader();
      end(request, replica.group, done, leader, ended.reason());
    }
  }

  private static void end(Request request, int group, boolean done, int leader, String message) {
    request.ended.put(
        group,
        Transfer.newBuilder()
            .setGroup(group)
            .setDone(done)
            .setLeader(leader)
            .setMessage(message)
            .build());
  }

  /** Answers what has ended or waited long enough. */
  void finish(long nowNanos) {
    for (Iterator<Request> all = requests.iterator(); all.hasNext(); ) {
      Request request = all.next();
      if (!request.open.isEmpty() && nowNanos - request.deadlineNanos < 0) {
        continue;
      }
      giveUp(request, "not done in time");
      all.remove();
    }
  }

  long nextDeadlineNanos() {
    long deadline = Long.MAX_VALUE;
    for (Request request : requests) {
      deadline = Math.min(deadline, request.deadlineNanos);
    }
    return deadline;
  }

  /** The node stops. */
  void close() {
    for (Request request : requests) {
      giveUp(request, "the node has stopped");
    }
    requests.clear();
  }

  private static void giveUp(Request request, String message) {
    for (Replica replica : request.open.values()) {
      end(request, replica.group, false, replica.leader(), message);
    }
    request.open.clear();
    request.complete();
  }
}
