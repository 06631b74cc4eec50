package dev.flotilla.bench.compare.rheakv;

import com.alipay.sofa.jraft.rhea.client.DefaultRheaKVStore;
import com.alipay.sofa.jraft.rhea.options.RheaKVStoreOptions;
import dev.flotilla.bench.door.CallbackDoor;
import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.Operation;
import dev.flotilla.bench.door.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Asynchronous calls of one or many clients of RheaKV; a lane always uses the same one. */
final class RheaKvClient implements CallbackDoor.Client {

  private static final Failure REFUSED =
      new Failure("REFUSED", Outcome.UNKNOWN, "put answered false");
  private static final Failure ABSENT = new Failure("MISMATCH", Outcome.WRONG, "no value");

  private final List<DefaultRheaKVStore> clients = new ArrayList<>();

  RheaKvClient(String servers, int clients, boolean batching) throws IOException {
    for (int i = 0; i < clients; i++) {
      RheaKVStoreOptions options = RheaKvCluster.options(servers);
      options.getBatchingOptions().setAllowBatching(batching);
      // Only stores beside their data use this pool.
      options.setUseParallelKVExecutor(false);
      if (clients > 1) {
        // Each client has its own threads for answers, and one of many needs no more than one.
        options.getRpcOptions().setCallbackExecutorCorePoolSize(1);
        options.getRpcOptions().setCallbackExecutorMaximumPoolSize(1);
      }
      DefaultRheaKVStore store = new DefaultRheaKVStore();
      if (!store.init(options)) {
        throw new IOException("a client of RheaKV did not start");
      }
      this.clients.add(store);
    }
  }

  @Override
  public void call(int lane, Operation operation, CallbackDoor.Answer answer) {
    DefaultRheaKVStore client = clients.get(lane % clients.size());
    switch (operation) {
      case Operation.Set set ->
          client
              .put(set.key(), set.value())
              .whenComplete((done, cause) -> answered(cause, answer, done, RheaKvClient::judgePut));
      case Operation.Get get ->
          // Read-only safe, so linearizable.
          client
              .get(get.key(), true)
              .whenComplete((value, cause) ->
                  answered(
                      cause, answer, value, found -> found == null ? ABSENT : get.judge(found)));
      case Operation.SetIf _, Operation.Delete _, Operation.Scan _ ->
          answer.failed(new Failure("UNSUPPORTED", Outcome.NOT_APPLIED, "only set and get"));
    }
  }

  @Override
  public void close() {
    clients.forEach(DefaultRheaKVStore::shutdown);
  }

  private static Failure judgePut(Boolean done) {
    return done ? null : REFUSED;
  }

  private static <T> void answered(
      Throwable cause, CallbackDoor.Answer answer, T result, Function<T, Failure> judge) {
    Failure failure =
        cause == null
            ? judge.apply(result)
            : new Failure(cause.getClass().getSimpleName(), Outcome.UNKNOWN, cause.toString());
    if (failure == null) {
      answer.succeeded(0);
    } else {
      answer.failed(failure);
    }
  }
}
