package dev.flotilla.bench.ledger;

import dev.flotilla.bench.door.Operation;
import dev.flotilla.bench.http.FormCall;
import dev.flotilla.bench.http.FormReply;
import dev.flotilla.bench.recorder.FailureTally;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client that writes keys it never used before, one after the other, each until it is answered.
 * A retry keeps its (client, seq); after a write that is left open the worker takes a new client
 * id, because nobody may reuse the identity of an operation whose end is not known.
 */
final class LedgerWorker {

  /** Answers that a retry would only get again. */
  private static final Set<String> FINAL_CODES =
      Set.of("BAD_REQUEST", "TOO_LARGE", "SESSION_EXPIRED");

  private final LedgerOptions options;
  private final WorkerSlots.Tag tag;
  private final RecoveryProbe probe;
  private final FailureTally failures;
  private final CountDownLatch stop;
  private final WorkerLedger ledger = new WorkerLedger();
  private int identity;
  private long seq;
  private long retries;

  /**
   * @param stop counted down when the worker shall end after the write it is at
   */
  LedgerWorker(
      LedgerOptions options,
      WorkerSlots.Tag tag,
      RecoveryProbe probe,
      FailureTally failures,
      CountDownLatch stop) {
    this.options = options;
    this.tag = tag;
    this.probe = probe;
    this.failures = failures;
    this.stop = stop;
  }

  WorkerLedger ledger() {
    return ledger;
  }

  long retries() {
    return retries;
  }

  byte[] key(int number) {
    return ("{" + tag.text() + "}-" + number).getBytes(StandardCharsets.UTF_8);
  }

  /** The only value ever written to the key. */
  String value(int number) {
    String unique = "value-" + tag.text() + "-" + number + "-";
    return unique + "x".repeat(Math.max(0, options.valueBytes() - unique.length()));
  }

  /** Writes until told to stop. The write under way then is still seen through. */
  void write() throws InterruptedException {
    long pauseNanos = options.pause().toNanos();
    try (FormCall call = call()) {
      while (ledger.last() < options.maxWritesPerWorker()) {
        Optional<FormReply> ack = writeOne(ledger.last() + 1, call);
        if (ack.isPresent()) {
          ledger.acked(ack.get().revision());
        } else {
          ledger.leftOpen();
          identity++;
          seq = 0;
        }
        if (stop.await(pauseNanos, TimeUnit.NANOSECONDS)) {
          return;
        }
      }
    }
  }

  private Optional<FormReply> writeOne(int number, FormCall call) throws InterruptedException {
    seq++;
    // All answers below this seq are in: the group need not keep them.
    String headers =
        "\r\nX-Client-Id: %s-%d\r\nX-Request-Seq: %d\r\nX-Acked-Below: %d"
            .formatted(tag.text(), identity, seq, seq);
    Operation.Set set =
        new Operation.Set(key(number), value(number).getBytes(StandardCharsets.UTF_8));
    RetryPace pace = new RetryPace(options.retryPause(), options.giveUp());
    for (; ; ) {
      FormReply reply = attempt(set, headers, call);
      if (reply != null && reply.isSuccess() && reply.revision() > 0) {
        probe.success(reply.group(), reply.term());
        return Optional.of(reply);
      }
      if ((reply != null && FINAL_CODES.contains(reply.code())) || !pace.pause()) {
        return Optional.empty();
      }
      retries++;
    }
  }

  private @Nullable FormReply attempt(Operation.Set set, String headers, FormCall call) {
    try {
      FormReply reply = call.call(set, headers);
      if (!reply.isSuccess() || reply.revision() < 1) {
        failures.add(LedgerFailures.of(reply));
      }
      return reply;
    } catch (IOException e) {
      failures.add(LedgerFailures.of(e));
      return null;
    }
  }

  /** Reads every key back and adds to the findings. To be called after {@link #write}. */
  void readBack(Findings findings) throws InterruptedException {
    findings.addWorker(retries, ledger.extraEffects(), ledger.revisionsGoneBack());
    try (FormCall call = call()) {
      for (int number = 1; number <= ledger.last(); number++) {
        check(number, call, findings);
      }
    }
  }

  private void check(int number, FormCall call, Findings findings) throws InterruptedException {
    boolean acked = ledger.revision(number) != WorkerLedger.OPEN;
    findings.count(acked);
    String key = new String(key(number), StandardCharsets.UTF_8);
    Optional<FormReply> answer = read(number, call);
    if (answer.isEmpty()) {
      findings.unreadable(acked, key);
      return;
    }
    FormReply reply = answer.get();
    if (reply.saysAbsent()) {
      findings.absent(acked, key);
    } else if (!reply.value().equals(Optional.of(value(number)))) {
      findings.wrong(key, reply.body());
    } else if (!acked) {
      findings.openApplied();
    } else if (reply.revision() != ledger.revision(number)) {
      findings.changedRevision(key, ledger.revision(number), reply.revision());
    }
  }

  private Optional<FormReply> read(int number, FormCall call) throws InterruptedException {
    RetryPace pace = new RetryPace(options.retryPause(), options.giveUp());
    do {
      try {
        FormReply reply = call.call(new Operation.Get(key(number), new byte[0], -1), "");
        if (reply.isSuccess()) {
          return Optional.of(reply);
        }
        failures.add(LedgerFailures.of(reply));
      } catch (IOException e) {
        failures.add(LedgerFailures.of(e));
      }
    } while (pace.pause());
    return Optional.empty();
  }

  private FormCall call() {
    return new FormCall(options.balancer(), Math.toIntExact(options.answerTimeout().toMillis()));
  }
}
