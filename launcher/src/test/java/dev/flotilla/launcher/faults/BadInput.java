package dev.flotilla.launcher.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Nonsense at every door, over and over: bytes that are no protocol, frames that are no messages,
 * messages that are too large, senders that take for ever. All of it is refused, and nobody else
 * notices.
 */
final class BadInput implements Fault {
  private static final int PATIENCE_MILLIS = 2_000;
  private static final int SLOW_SENDERS = 100;

  private final Map<String, Integer> refusals = new ConcurrentHashMap<>();
  private final AtomicBoolean running = new AtomicBoolean(true);
  private final List<Thread> senders = new ArrayList<>();
  private final List<Socket> slow = new ArrayList<>();
  private List<Long> pids = List.of();

  @Override
  public String name() {
    return "malformed, oversized and slow input";
  }

  /** One thing that is wrong. Returns how it was refused, null when it was not. */
  @FunctionalInterface
  private interface Wrong {
    String send() throws IOException;
  }

  @Override
  public void inject(FaultedCluster cluster) {
    pids = pids(cluster);
    String door = cluster.balancerAddress();
    int leader = cluster.awaitLeader();
    String grpc = cluster.grpcAddress(leader);
    repeat("http garbage", () -> raw(door, "\u0000\u0001\u0002 nonsense\r\n\r\n"));
    repeat("http bad request", () -> raw(door, "PUT /v1/kv/a%ZZ HTTP/1.1\r\nHost: x\r\n\r\n"));
    repeat(
        "http huge header",
        () -> raw(door, "GET /v1/kv/a HTTP/1.1\r\nX: " + "x".repeat(100_000) + "\r\n\r\n"));
    repeat("http oversized value", () -> oversized(door));
    repeat("http bad condition", () -> status(door, Map.of("If-Match", "nonsense"), 16));
    repeat("grpc garbage", () -> raw(grpc, "nonsense nonsense nonsense nonsense\r\n\r\n"));
    repeat("grpc bad frame", () -> raw(grpc, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "z".repeat(64)));
    repeat("grpc no message", () -> call(grpc, "flotilla.client.v1.Client/Exchange", 40));
    repeat("grpc no peer message", () -> call(grpc, "flotilla.raft.v1.Peer/Messages", 40));
    repeat(
        "grpc oversized frame", () -> call(grpc, "flotilla.client.v1.Client/Exchange", 80 << 20));
    sendSlowly(door, "PUT /v1/kv/slow HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx");
    sendSlowly(grpc, "PRI * HT");
    sendSlowly(cluster.httpAddress(leader), "GET /sta");
  }

  private static List<Long> pids(FaultedCluster cluster) {
    List<Long> pids = new ArrayList<>();
    cluster.nodes().forEach(node -> pids.add(node.isAlive() ? node.pid() : 0));
    pids.add(cluster.balancer().pid());
    return pids;
  }

  private void repeat(String kind, Wrong wrong) {
    senders.add(
        Thread.ofPlatform()
            .daemon()
            .name("bad-" + kind)
            .start(() -> {
              while (running.get()) {
                try {
                  String refusal = wrong.send();
                  if (refusal != null) {
                    refusals.merge(kind + " -> " + refusal, 1, Integer::sum);
                  }
                } catch (IOException e) {
                  // Being hung up on is a refusal too.
                  refusals.merge(kind + " -> hung up", 1, Integer::sum);
                }
                java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
              }
            }));
  }

  private static Socket connect(String address) throws IOException {
    int colon = address.lastIndexOf(':');
    Socket socket = new Socket();
    socket.connect(
        new InetSocketAddress(
            address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
        PATIENCE_MILLIS);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  /** Sends bytes as they are; the refusal is a status other than success, or the end. */
  private static String raw(String address, String text) throws IOException {
    try (Socket socket = connect(address)) {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      byte[] answer = socket.getInputStream().readNBytes(12);
      String begin = new String(answer, StandardCharsets.ISO_8859_1);
      if (begin.startsWith("HTTP/1.1 2")) {
        throw new AssertionError("nonsense was welcome: " + text);
      }
      return begin.startsWith("HTTP/1.1") ? begin.substring(9) : "hung up";
    }
  }

  private static String oversized(String door) throws IOException {
    return status(door, Map.of(), 3 << 20);
  }

  private static String status(String door, Map<String, String> headers, int bytes)
      throws IOException {
    try (PlainHttp http = new PlainHttp(door)) {
      PlainHttp.Answer answer =
          http.send("PUT", "/v1/kv/bad", headers, new byte[bytes], PATIENCE_MILLIS);
      return answer.status() < 300 ? null : Integer.toString(answer.status());
    }
  }

  /** A call with bytes in place of a message. */
  private static String call(String address, String method, int bytes) {
    MethodDescriptor<byte[], byte[]> descriptor =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(method)
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build();
    byte[] nonsense = new byte[bytes];
    new SplittableRandom(bytes).nextBytes(nonsense);
    nonsense[0] = (byte) 0xff;
    ManagedChannel channel = NettyChannelBuilder.forTarget(address).usePlaintext().build();
    try {
      ClientCalls.blockingUnaryCall(
          channel,
          descriptor,
          CallOptions.DEFAULT.withDeadlineAfter(PATIENCE_MILLIS, TimeUnit.MILLISECONDS),
          nonsense);
      return null;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode() == Status.Code.OK ? null : e.getStatus().getCode().toString();
    } finally {
      channel.shutdownNow();
    }
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  private void sendSlowly(String address, String beginning) {
    for (int i = 0; i < SLOW_SENDERS; i++) {
      try {
        Socket socket = connect(address);
        slow.add(socket);
        socket.getOutputStream().write(beginning.getBytes(StandardCharsets.ISO_8859_1));
      } catch (IOException e) {
        refusals.merge("slow sender -> hung up", 1, Integer::sum);
      }
    }
  }

  @Override
  public String shown(FaultedCluster cluster) {
    assertThat(pids(cluster)).as("processes").isEqualTo(pids);
    Map<String, Integer> sorted = new TreeMap<>(refusals);
    for (String kind :
        List.of(
            "http garbage",
            "http bad request",
            "http huge header",
            "http oversized value",
            "http bad condition",
            "grpc garbage",
            "grpc bad frame",
            "grpc no message",
            "grpc no peer message",
            "grpc oversized frame")) {
      assertThat(sorted.keySet()).as("refused").anyMatch(refusal -> refusal.startsWith(kind));
    }
    int sum = sorted.values().stream().mapToInt(Integer::intValue).sum();
    return sum + " refusals, " + slow.size() + " slow senders: " + sorted;
  }

  @Override
  public void heal(FaultedCluster cluster) {
    running.set(false);
    for (Thread sender : senders) {
      try {
        sender.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    for (Socket socket : slow) {
      try {
        socket.close();
      } catch (IOException e) {
        // Gone already.
      }
    }
  }
}
