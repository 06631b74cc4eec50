package dev.flotilla.bench.compare.ratis;

import dev.flotilla.bench.door.CallbackDoor;
import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.Operation;
import dev.flotilla.bench.door.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.retry.RetryPolicies;
import org.apache.ratis.util.TimeDuration;

/** Asynchronous calls of one or many clients of Ratis; a lane always uses the same one. */
final class RatisClient implements CallbackDoor.Client {

  private static final int MAX_RETRIES = 100;
  private static final TimeDuration RETRY_PAUSE = TimeDuration.valueOf(100, TimeUnit.MILLISECONDS);

  private final List<RaftClient> clients = new ArrayList<>();

  /**
   * @param outstanding how many operations each client may have under way
   */
  RatisClient(RaftGroup group, int clients, int outstanding) {
    RaftProperties properties = new RaftProperties();
    // Its default of 100 would hold back what is to be measured with 256.
    RaftClientConfigKeys.Async.setOutstandingRequestsMax(properties, Math.max(100, outstanding));
    for (int i = 0; i < clients; i++) {
      this.clients.add(
          RaftClient.newBuilder()
              .setProperties(properties)
              .setRaftGroup(group)
              // The default asks again at once and for ever, which keeps a core from a cluster that
              // elects.
              .setRetryPolicy(
                  RetryPolicies.retryUpToMaximumCountWithFixedSleep(MAX_RETRIES, RETRY_PAUSE))
              .build());
    }
  }

  @Override
  public void call(int lane, Operation operation, CallbackDoor.Answer answer) {
    RaftClient client = clients.get(lane % clients.size());
    switch (operation) {
      case Operation.Set set ->
          client
              .async()
              .send(MapStateMachine.set(set.key(), set.value()))
              .whenComplete((reply, cause) -> answered(operation, reply, cause, answer));
      case Operation.Get get ->
          client
              .async()
              .sendReadOnlyUnordered(MapStateMachine.get(get.key()))
              .whenComplete((reply, cause) -> answered(operation, reply, cause, answer));
      case Operation.SetIf _, Operation.Delete _, Operation.Scan _ ->
          answer.failed(new Failure("UNSUPPORTED", Outcome.NOT_APPLIED, "only set and get"));
    }
  }

  @Override
  public void close() throws IOException {
    for (RaftClient client : clients) {
      client.close();
    }
  }

  private static void answered(
      Operation operation, RaftClientReply reply, Throwable cause, CallbackDoor.Answer answer) {
    if (cause != null) {
      answer.failed(
          new Failure(cause.getClass().getSimpleName(), Outcome.UNKNOWN, cause.toString()));
      return;
    }
    if (!reply.isSuccess()) {
      answer.failed(new Failure("REFUSED", Outcome.UNKNOWN, String.valueOf(reply.getException())));
      return;
    }
    Failure failure =
        operation instanceof Operation.Get get
            ? get.judge(reply.getMessage().getContent().toByteArray())
            : null;
    if (failure == null) {
      answer.succeeded(0);
    } else {
      answer.failed(failure);
    }
  }
}
