package dev.flotilla.bench.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.bench.door.Answers;
import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.Operation;
import dev.flotilla.bench.door.Outcome;
import dev.flotilla.bench.fake.FakeFormService;
import dev.flotilla.bench.fake.FakeHttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class HttpDoorTest implements Answers {

  private static final Operation SET = new Operation.Set(bytes("k"), bytes("v"));
  private static final Operation GET = new Operation.Get(bytes("k"), bytes("v"), 1);

  private final List<Operation> succeeded = new ArrayList<>();
  private final List<Integer> groups = new ArrayList<>();
  private final List<Failure> failed = new ArrayList<>();
  private FakeFormService service;

  @BeforeEach
  void start() throws IOException {
    service = new FakeFormService(3);
  }

  @AfterEach
  void stop() throws IOException {
    service.close();
  }

  @Override
  public void succeeded(int lane, Operation operation, int group, long revision) {
    succeeded.add(operation);
    groups.add(group);
  }

  @Override
  public void failed(int lane, Operation operation, Failure failure) {
    failed.add(failure);
  }

  private HttpDoor door(int lanes) throws IOException {
    return door(service.address(), lanes, HttpDoorOptions.DEFAULT);
  }

  private static HttpDoor door(InetSocketAddress server, int lanes, HttpDoorOptions options)
      throws IOException {
    return new HttpDoor(server, lanes, new FormDialect("x"), options, System::nanoTime);
  }

  private void await(HttpDoor door, int answers) throws IOException {
    while (succeeded.size() + failed.size() < answers) {
      door.poll(TimeUnit.SECONDS.toNanos(1), this);
    }
  }

  private void one(HttpDoor door, Operation operation) throws IOException {
    int before = succeeded.size() + failed.size();
    door.submit(0, operation);
    await(door, before + 1);
  }

  @Test
  void aLaneKeepsItsConnection() throws Exception {
    try (HttpDoor door = door(1)) {
      one(door, SET);
      for (int i = 0; i < 50; i++) {
        one(door, GET);
      }
      assertThat(failed).isEmpty();
      assertThat(succeeded).hasSize(51);
      assertThat(service.http().acceptedConnections()).isEqualTo(1);
      assertThat(door.reconnects()).isZero();
      assertThat(groups).allMatch(group -> group >= 1 && group <= 3);
    }
  }

  @Test
  void lanesAreServedAtOnce() throws Exception {
    try (HttpDoor door = door(20)) {
      for (int lane = 0; lane < 20; lane++) {
        door.submit(lane, SET);
      }
      await(door, 20);
      assertThat(succeeded).hasSize(20);
      assertThat(service.http().acceptedConnections()).isEqualTo(20);
    }
  }

  @Test
  void aLaneTakesOneOperationAtATime() throws Exception {
    service.intercept((_, _) -> new FakeHttpServer.Silence());
    try (HttpDoor door = door(1)) {
      door.submit(0, SET);
      assertThatThrownBy(() -> door.submit(0, SET)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void readsChunkedAnswers() throws Exception {
    service.intercept((_, _) ->
        new FakeHttpServer.Raw(
            bytes(
                "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "10\r\n{\"response\":\"\",\"\r\n16\r\nerror_code\":\"SUCCESS\"}\r\n"
                    + "0\r\n\r\n")));
    try (HttpDoor door = door(1)) {
      one(door, SET);
      assertThat(failed).isEmpty();
    }
  }

  @Test
  void readsAnswersLargerThanItsFirstBuffer() throws Exception {
    String large = "v".repeat(300_000);
    try (HttpDoor door = door(1)) {
      one(door, new Operation.Set(bytes("k"), bytes(large)));
      one(door, new Operation.Get(bytes("k"), bytes("vv"), large.length()));
      assertThat(failed).isEmpty();
    }
  }

  @Test
  void anAnswerBeyondTheLimitIsAFailure() throws Exception {
    HttpDoorOptions small = new HttpDoorOptions(5_000_000_000L, 8 << 10, 1_000_000, 1_000_000);
    try (HttpDoor door = door(service.address(), 1, small)) {
      one(door, new Operation.Set(bytes("k"), bytes("v".repeat(20_000))));
      one(door, new Operation.Get(bytes("k"), bytes("v"), -1));
      assertThat(failed).extracting(Failure::code).containsExactly("MALFORMED");
    }
  }

  @Test
  void connectsAgainWhenTheServerSaidItCloses() throws Exception {
    service.intercept((_, _) ->
        new FakeHttpServer.RawThenClose(
            bytes(
                "HTTP/1.1 200 \r\nConnection: close\r\nContent-Length: 38\r\n\r\n"
                    + "{\"response\":\"\",\"error_code\":\"SUCCESS\"}")));
    try (HttpDoor door = door(1)) {
      one(door, SET);
      one(door, SET);
      one(door, SET);
      assertThat(failed).isEmpty();
      assertThat(door.reconnects()).isEqualTo(2);
    }
  }

  @Test
  void aConnectionClosedWhileIdleIsNoFailure() throws Exception {
    try (HttpDoor door = door(1)) {
      one(door, SET);
      service.http().closeConnections();
      // The close has reached this side when the server's call returns; a poll sees it.
      door.poll(TimeUnit.SECONDS.toNanos(1), this);
      one(door, SET);
      assertThat(succeeded).hasSize(2);
      assertThat(failed).isEmpty();
      assertThat(door.reconnects()).isEqualTo(1);
    }
  }

  @Test
  void aResetIsAnUnknownOutcomeAndTheLaneGoesOn() throws Exception {
    service.intercept((_, _) -> new FakeHttpServer.Reset());
    try (HttpDoor door = door(1)) {
      one(door, SET);
      assertThat(failed).extracting(Failure::outcome).containsExactly(Outcome.UNKNOWN);
      assertThat(failed).extracting(Failure::code).containsExactly("CONNECTION");
      service.intercept((request, fake) -> fake.serve(request));
      one(door, SET);
      assertThat(succeeded).hasSize(1);
    }
  }

  @Test
  void aRefusedConnectionHadNoEffectAndIsTriedAgainAfterAPause() throws Exception {
    InetSocketAddress nobody = addressWithoutListener();
    HttpDoorOptions options = new HttpDoorOptions(5_000_000_000L, 1 << 20, 30_000_000, 60_000_000);
    try (HttpDoor door = door(nobody, 1, options)) {
      long began = System.nanoTime(); // before the failure, with which the pause of 30 ms begins
      one(door, SET);
      one(door, SET);
      assertThat(System.nanoTime() - began).isGreaterThan(30_000_000L);
      assertThat(failed).extracting(Failure::code).containsExactly("CONNECT", "CONNECT");
      assertThat(failed).extracting(Failure::outcome).containsOnly(Outcome.NOT_APPLIED);
    }
  }

  @Test
  void aServerThatAcceptsOnlyToBreakIsNotConnectedToInAHurry() throws Exception {
    service.intercept((_, _) -> new FakeHttpServer.Reset());
    HttpDoorOptions options = new HttpDoorOptions(5_000_000_000L, 1 << 20, 30_000_000, 60_000_000);
    try (HttpDoor door = door(service.address(), 1, options)) {
      long began = System.nanoTime(); // before the failure, with which the pause of 30 ms begins
      one(door, SET);
      one(door, SET);
      assertThat(System.nanoTime() - began).isGreaterThan(30_000_000L);
    }
  }

  @Test
  void noAnswerInTimeIsUnknownAndALateOneIsNotTakenForTheNext() throws Exception {
    AtomicLong clock = new AtomicLong();
    CountDownLatch late = new CountDownLatch(1);
    service.intercept((request, fake) -> {
      awaitUninterruptibly(late);
      return fake.serve(request);
    });
    try (HttpDoor door =
        new HttpDoor(
            service.address(), 1, new FormDialect("x"), HttpDoorOptions.DEFAULT, clock::get)) {
      door.submit(0, SET);
      door.poll(TimeUnit.MILLISECONDS.toNanos(10), this);
      assertThat(failed).isEmpty();
      clock.addAndGet(HttpDoorOptions.DEFAULT.timeoutNanos());
      door.poll(0, this);
      assertThat(failed).extracting(Failure::code).containsExactly("CLIENT_TIMEOUT");
      assertThat(failed).extracting(Failure::outcome).containsExactly(Outcome.UNKNOWN);
      late.countDown();
      service.intercept((request, fake) -> fake.serve(request));
      one(door, GET);
      assertThat(service.http().acceptedConnections()).isEqualTo(2);
    }
  }

  @Test
  void errorsAreReportedWithTheirCodeAndTheConnectionStays() throws Exception {
    service.intercept((_, _) -> FakeFormService.refuse(503, "NO_LEADER", "not_applied"));
    try (HttpDoor door = door(1)) {
      one(door, SET);
      one(door, SET);
      assertThat(failed).extracting(Failure::code).containsExactly("NO_LEADER", "NO_LEADER");
      assertThat(service.http().acceptedConnections()).isEqualTo(1);
    }
  }

  @Test
  void nonsenseIsWrong() throws Exception {
    service.intercept((_, _) -> new FakeHttpServer.Raw(bytes("220 mail ready\r\n\r\n")));
    try (HttpDoor door = door(1)) {
      one(door, SET);
      assertThat(failed).extracting(Failure::outcome).containsExactly(Outcome.WRONG);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static InetSocketAddress addressWithoutListener() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new InetSocketAddress(socket.getInetAddress(), socket.getLocalPort());
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
