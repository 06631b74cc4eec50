package dev.flotilla.bench.compare.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.bench.compare.fake.Told;
import dev.flotilla.bench.door.CallbackDoor;
import dev.flotilla.bench.door.Operation;
import dev.flotilla.proto.etcd.v3.KVGrpc;
import dev.flotilla.proto.etcd.v3.KeyValue;
import dev.flotilla.proto.etcd.v3.PutRequest;
import dev.flotilla.proto.etcd.v3.PutResponse;
import dev.flotilla.proto.etcd.v3.RangeRequest;
import dev.flotilla.proto.etcd.v3.RangeResponse;
import dev.flotilla.proto.etcd.v3.ResponseHeader;
import io.grpc.Attributes;
import io.grpc.Server;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class EtcdClientTest {

  private final AtomicInteger connections = new AtomicInteger();
  private final Told told = new Told();
  private Server server;

  @BeforeEach
  void start() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new FakeEtcd())
            .addTransportFilter(
                new ServerTransportFilter() {
                  @Override
                  public Attributes transportReady(Attributes attributes) {
                    connections.incrementAndGet();
                    return attributes;
                  }
                })
            .build()
            .start();
  }

  @AfterEach
  void stop() throws InterruptedException {
    server.shutdownNow().awaitTermination();
  }

  @Test
  void theNamesAndNumbersOnTheWireAreEtcds() {
    assertThat(KVGrpc.getPutMethod().getFullMethodName()).isEqualTo("etcdserverpb.KV/Put");
    assertThat(KVGrpc.getRangeMethod().getFullMethodName()).isEqualTo("etcdserverpb.KV/Range");
    PutRequest put =
        PutRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8("k"))
            .setValue(ByteString.copyFromUtf8("v"))
            .build();
    assertThat(HexFormat.of().formatHex(put.toByteArray())).isEqualTo("0a016b120176");
  }

  @Test
  void whatWasPutIsRead() throws IOException {
    try (CallbackDoor door = door(2, 1)) {
      door.submit(0, new Operation.Set(bytes("k"), bytes("v")));
      told.await(door, 1);
      door.submit(1, new Operation.Get(bytes("k"), bytes("v"), 1));
      told.await(door, 2);
    }
    assertThat(told.succeeded).containsExactly(0, 1);
    assertThat(told.failed).isEmpty();
  }

  @Test
  void anotherValueOrNoneIsWrong() throws IOException {
    try (CallbackDoor door = door(3, 1)) {
      door.submit(0, new Operation.Set(bytes("k"), bytes("v")));
      told.await(door, 1);
      door.submit(1, new Operation.Get(bytes("k"), bytes("w"), 1));
      door.submit(2, new Operation.Get(bytes("absent"), bytes("v"), 1));
      told.await(door, 3);
    }
    assertThat(told.failed).extracting("code").containsExactly("MISMATCH", "MISMATCH");
  }

  @Test
  void anErrorIsAFailureByItsName() throws IOException {
    try (CallbackDoor door = door(1, 1)) {
      door.submit(0, new Operation.Set(bytes("refused"), bytes("v")));
      told.await(door, 1);
    }
    assertThat(told.failed.getFirst().code()).isEqualTo("UNAVAILABLE");
    assertThat(told.failed.getFirst().sample()).contains("no leader");
  }

  @Test
  void lanesShareAConnectionOrHaveEachTheirOwn() throws IOException {
    askOnEachLane(3, 1);
    assertThat(connections).hasValue(1);
    askOnEachLane(3, 3);
    assertThat(connections).hasValue(4);
  }

  private void askOnEachLane(int lanes, int channels) throws IOException {
    Told here = new Told();
    try (CallbackDoor door = door(lanes, channels)) {
      for (int lane = 0; lane < lanes; lane++) {
        door.submit(lane, new Operation.Set(bytes("k"), bytes("v")));
      }
      here.await(door, lanes);
    }
    assertThat(here.succeeded).hasSize(lanes);
  }

  private CallbackDoor door(int lanes, int channels) {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort());
    return new CallbackDoor(lanes, new EtcdClient(address, channels));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /** A map with etcd's face. */
  private static final class FakeEtcd extends KVGrpc.KVImplBase {
    private static final ByteString REFUSED = ByteString.copyFromUtf8("refused");
    private final Map<ByteString, ByteString> values = new ConcurrentHashMap<>();

    @Override
    public void put(PutRequest request, StreamObserver<PutResponse> answer) {
      if (request.getKey().equals(REFUSED)) {
        answer.onError(Status.UNAVAILABLE.withDescription("no leader").asException());
        return;
      }
      values.put(request.getKey(), request.getValue());
      answer.onNext(PutResponse.newBuilder().setHeader(header()).build());
      answer.onCompleted();
    }

    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> answer) {
      RangeResponse.Builder response = RangeResponse.newBuilder().setHeader(header());
      ByteString value = values.get(request.getKey());
      if (value != null) {
        response.addKvs(KeyValue.newBuilder().setKey(request.getKey()).setValue(value));
      }
      answer.onNext(response.build());
      answer.onCompleted();
    }

    private static ResponseHeader header() {
      return ResponseHeader.newBuilder().setRevision(7).build();
    }
  }
}
