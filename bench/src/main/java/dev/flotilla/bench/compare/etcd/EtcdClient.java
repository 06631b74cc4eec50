package dev.flotilla.bench.compare.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.flotilla.bench.door.CallbackDoor;
import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.Operation;
import dev.flotilla.bench.door.Outcome;
import dev.flotilla.proto.etcd.v3.KVGrpc;
import dev.flotilla.proto.etcd.v3.PutRequest;
import dev.flotilla.proto.etcd.v3.PutResponse;
import dev.flotilla.proto.etcd.v3.RangeRequest;
import dev.flotilla.proto.etcd.v3.RangeResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Unary calls over some channels; a lane always uses the same one. */
final class EtcdClient implements CallbackDoor.Client {

  private static final long TIMEOUT_SECONDS = 10;
  private static final long CLOSE_SECONDS = 5;

  private final List<ManagedChannel> channels = new ArrayList<>();
  private final List<KVGrpc.KVStub> stubs = new ArrayList<>();

  /**
   * @param connections one shares it among all lanes; as many as there are lanes gives each its own
   */
  EtcdClient(InetSocketAddress server, int connections) {
    for (int i = 0; i < connections; i++) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress(server)
              .usePlaintext()
              // Answers are only queued, so no thread is needed between them and the event loop.
              .directExecutor()
              .build();
      channels.add(channel);
      stubs.add(KVGrpc.newStub(channel));
    }
  }

  @Override
  public void call(int lane, Operation operation, CallbackDoor.Answer answer) {
    KVGrpc.KVStub stub =
        stubs.get(lane % stubs.size()).withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    switch (operation) {
      case Operation.Set set ->
          stub.put(
              PutRequest.newBuilder().setKey(bytes(set.key())).setValue(bytes(set.value())).build(),
              new Once<PutResponse>(answer, EtcdClient::judgePut));
      case Operation.Get get ->
          stub.range(
              RangeRequest.newBuilder().setKey(bytes(get.key())).build(),
              new Once<RangeResponse>(answer, response -> judgeRange(get, response)));
      case Operation.SetIf _, Operation.Delete _, Operation.Scan _ ->
          answer.failed(new Failure("UNSUPPORTED", Outcome.NOT_APPLIED, "only set and get"));
    }
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdown);
    try {
      for (ManagedChannel channel : channels) {
        if (!channel.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
          channel.shutdownNow();
        }
      }
    } catch (InterruptedException e) {
      channels.forEach(ManagedChannel::shutdownNow);
      Thread.currentThread().interrupt();
    }
  }

  private static @Nullable Failure judgePut(PutResponse response) {
    // Every write makes a new revision of the store.
    return response.getHeader().getRevision() > 0
        ? null
        : new Failure("MISMATCH", Outcome.WRONG, "an answer without a revision");
  }

  private static @Nullable Failure judgeRange(Operation.Get get, RangeResponse response) {
    return response.getKvsCount() == 1
        ? get.judge(response.getKvs(0).getValue().toByteArray())
        : new Failure("MISMATCH", Outcome.WRONG, response.getKvsCount() + " values");
  }

  private static ByteString bytes(byte[] array) {
    // The arrays of an operation are never changed.
    return UnsafeByteOperations.unsafeWrap(array);
  }

  /** Gives the answer when the call is over, as it must be given once. */
  private static final class Once<T> implements StreamObserver<T> {
    private final CallbackDoor.Answer answer;
    private final Function<T, @Nullable Failure> judge;
    private @Nullable Failure failure =
        new Failure("NO_ANSWER", Outcome.UNKNOWN, "the call ended without an answer");

    Once(CallbackDoor.Answer answer, Function<T, @Nullable Failure> judge) {
      this.answer = answer;
      this.judge = judge;
    }

    @Override
    public void onNext(T response) {
      failure = judge.apply(response);
    }

    @Override
    public void onError(Throwable cause) {
      Status status = Status.fromThrowable(cause);
      answer.failed(new Failure(status.getCode().name(), Outcome.UNKNOWN, status.toString()));
    }

    @Override
    public void onCompleted() {
      Failure found = failure;
      if (found == null) {
        answer.succeeded(0);
      } else {
        answer.failed(found);
      }
    }
  }
}
