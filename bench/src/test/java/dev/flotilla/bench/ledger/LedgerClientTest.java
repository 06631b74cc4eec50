package dev.flotilla.bench.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flotilla.bench.fake.FakeFormService;
import dev.flotilla.bench.fake.FakeHttpServer;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LedgerClientTest {

  private FakeFormService service;

  @BeforeEach
  void start() throws IOException {
    service = new FakeFormService(3);
  }

  @AfterEach
  void stop() throws IOException {
    service.close();
  }

  private LedgerOptions options() {
    return options(3, 2);
  }

  private LedgerOptions options(int groups, int workersPerGroup) {
    return new LedgerOptions(
        service.address(),
        "run",
        groups,
        workersPerGroup,
        64,
        Duration.ofMillis(1),
        Duration.ofMillis(1),
        Duration.ofSeconds(5),
        Duration.ofSeconds(20),
        100_000);
  }

  private LedgerClient started(LedgerOptions options) throws Exception {
    LedgerClient ledger = LedgerClient.start(options);
    awaitWrites(ledger, 20);
    return ledger;
  }

  /** Until every group has so many writes more than now. */
  private static void awaitWrites(LedgerClient ledger, int more) {
    Map<String, Long> before = ledger.probe().successes();
    await()
        .until(() -> {
          Map<String, Long> now = ledger.probe().successes();
          return now.size() == 3
              && now.entrySet().stream()
                  .allMatch(
                      group -> group.getValue() >= before.getOrDefault(group.getKey(), 0L) + more);
        });
  }

  @Test
  void everyGroupHasItsWritersAndAFaultlessDatabaseIsClean() throws Exception {
    try (LedgerClient ledger = started(options())) {
      ledger.stop();
      LedgerVerdict verdict = ledger.verify();
      assertThat(verdict.isClean()).as("%s", verdict).isTrue();
      assertThat(verdict.acked()).isEqualTo(service.size()).isGreaterThanOrEqualTo(60);
      assertThat(verdict.retries()).isZero();
      assertThat(ledger.probe().successes()).containsOnlyKeys("g1", "g2", "g3");
    }
  }

  @Test
  void aLostWriteIsFound() throws Exception {
    try (LedgerClient ledger = started(options())) {
      ledger.stop();
      String victim = service.keys().getFirst();
      service.lose(victim);
      LedgerVerdict verdict = ledger.verify();
      assertThat(verdict.lost()).isEqualTo(1);
      assertThat(verdict.isClean()).isFalse();
      assertThat(verdict.samples()).containsExactly("lost: " + victim);
    }
  }

  @Test
  void aWrongValueIsFound() throws Exception {
    try (LedgerClient ledger = started(options())) {
      ledger.stop();
      service.overwrite(service.keys().getFirst(), "something else");
      LedgerVerdict verdict = ledger.verify();
      assertThat(verdict.wrong()).isEqualTo(1);
      assertThat(verdict.isClean()).isFalse();
    }
  }

  @Test
  void aSecondEffectAfterTheAckIsFound() throws Exception {
    try (LedgerClient ledger = started(options())) {
      ledger.stop();
      service.writeAgain(service.keys().getFirst());
      LedgerVerdict verdict = ledger.verify();
      assertThat(verdict.changedRevisions()).isEqualTo(1);
      assertThat(verdict.doubled()).isEqualTo(1);
      assertThat(verdict.isClean()).isFalse();
    }
  }

  @Test
  void aSecondEffectBeforeTheAckIsFoundByTheSlotsRevision() throws Exception {
    try (LedgerClient ledger = started(options())) {
      // The retry of an applied write, without a session to recognise it by.
      AtomicInteger faults = new AtomicInteger();
      service.intercept((request, fake) -> {
        if (faults.getAndIncrement() == 30) {
          fake.serve(request);
          fake.writeAgain(request.field("key"));
          return fake.serve(anonymous(request));
        }
        return fake.serve(request);
      });
      awaitWrites(ledger, 40);
      ledger.stop();
      LedgerVerdict verdict = ledger.verify();
      assertThat(verdict.extraEffects()).isEqualTo(2);
      assertThat(verdict.changedRevisions()).isZero();
      assertThat(verdict.isClean()).isFalse();
    }
  }

  private static FakeHttpServer.Request anonymous(FakeHttpServer.Request request) {
    return new FakeHttpServer.Request(request.line(), Map.of(), request.body());
  }

  @Test
  void anUnknownEndIsRetriedUnderTheSameIdentityUntilAnswered() throws Exception {
    Map<String, String> keyOfIdentity = new ConcurrentHashMap<>();
    AtomicInteger reused = new AtomicInteger();
    AtomicInteger requests = new AtomicInteger();
    service.intercept((request, fake) -> {
      if (!request.field("request").startsWith("SET")) {
        return fake.serve(request);
      }
      String identity = request.header("X-Client-Id") + "/" + request.header("X-Request-Seq");
      String before = keyOfIdentity.putIfAbsent(identity, request.field("key"));
      if (before != null && !before.equals(request.field("key"))) {
        reused.incrementAndGet();
      }
      return switch (requests.incrementAndGet() % 7) {
        // Applied, and the answer lost.
        case 1 -> {
          fake.serve(request);
          yield new FakeHttpServer.Reset();
        }
        case 3 -> FakeFormService.refuse(503, "NO_LEADER", "not_applied");
        case 5 -> {
          fake.serve(request);
          yield FakeFormService.refuse(504, "TIMEOUT", "unknown");
        }
        default -> fake.serve(request);
      };
    });
    try (LedgerClient ledger = started(options())) {
      ledger.stop();
      LedgerVerdict verdict = ledger.verify();
      assertThat(verdict.isClean()).as("%s", verdict).isTrue();
      assertThat(verdict.retries()).isPositive();
      assertThat(verdict.open()).isZero();
      assertThat(reused).hasValue(0);
      assertThat(ledger.takeFailures()).containsKeys("CONNECTION", "NO_LEADER", "TIMEOUT");
    }
  }

  @Test
  void aWriteGivenUpStaysOpenAndItsIdentityIsNotUsedAgain() throws Exception {
    Map<String, Boolean> identities = new ConcurrentHashMap<>();
    LedgerOptions hasty =
        new LedgerOptions(
            service.address(),
            "run",
            3,
            2,
            64,
            Duration.ofMillis(1),
            Duration.ofMillis(1),
            Duration.ofSeconds(5),
            Duration.ZERO,
            100_000);
    AtomicInteger requests = new AtomicInteger();
    try (LedgerClient ledger = started(hasty)) {
      service.intercept((request, fake) -> {
        identities.put(request.header("X-Client-Id"), true);
        if (request.field("request").startsWith("SET") && requests.incrementAndGet() % 10 == 0) {
          fake.serve(request);
          return FakeFormService.refuse(504, "TIMEOUT", "unknown");
        }
        return fake.serve(request);
      });
      awaitWrites(ledger, 40);
      ledger.stop();
      LedgerVerdict verdict = ledger.verify();
      assertThat(verdict.open()).isPositive().isEqualTo(verdict.openApplied());
      assertThat(verdict.isClean()).as("%s", verdict).isTrue();
      assertThat(identities).hasSizeGreaterThan(6);
    }
  }

  @Test
  void everybodyNoticesAnElectionByTheTerm() throws Exception {
    try (LedgerClient ledger = started(options())) {
      RecoveryProbe.Mark mark = ledger.probe().mark("g2", 0);
      assertThat(mark.awaitRecovery(TimeUnit.MILLISECONDS.toNanos(30))).isFalse();
      service.elect();
      assertThat(mark.awaitRecovery(TimeUnit.SECONDS.toNanos(20))).isTrue();
      assertThat(mark.recoveryNanos().getAsLong()).isPositive();
    }
  }

  @Test
  void anotherNumberOfGroupsThanExpectedIsRefused() {
    assertThatThrownBy(() -> LedgerClient.start(options(4, 2)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("g1")
        .hasMessageContaining("4 groups");
    assertThatThrownBy(() -> LedgerClient.start(options(2, 20)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more groups than the 2 expected");
  }

  @Test
  void verifyingARunningLedgerIsRefused() throws Exception {
    try (LedgerClient ledger = started(options())) {
      assertThatThrownBy(ledger::verify).isInstanceOf(IllegalStateException.class);
    }
  }
}
