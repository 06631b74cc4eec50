package dev.flotilla.balancer.http;

import dev.flotilla.balancer.routing.CallOptions;
import dev.flotilla.balancer.routing.Consistency;
import dev.flotilla.balancer.routing.KvAnswer;
import dev.flotilla.balancer.routing.KvRequest;
import dev.flotilla.balancer.routing.KvService;
import dev.flotilla.balancer.routing.Precondition;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A list of records that grows at its end. Record N is the key {@code records/N}, with N in twenty
 * digits, and is put only where there is none yet: however many balancers append at once, each
 * number is taken by one record and none is left out.
 *
 * <p>That the numbers are dense is what makes the end easy to find: this balancer remembers how far
 * it came, and looks for the end by doubling steps and halving them again when others have gone on.
 */
final class RecordLog {
  static final String PREFIX = "records/";

  /** With as many others ahead of us each time, appending is given up. */
  private static final int MOST_TRIES = 64;

  private final KvService service;

  /** One append at a time from this balancer: two would only race for the same number. */
  private final ReentrantLock turn = new ReentrantLock(true);

  /** Records up to this number are known to be taken. Guarded by the turn. */
  private long taken;

  RecordLog(KvService service) {
    this.service = service;
  }

  /**
   * How it went.
   *
   * @param id of the record; of no meaning unless the answer is {@link KvAnswer.Written}
   */
  record Appended(long id, KvAnswer answer) {}

  /** Appends a record. Waits; never tries again what may have been done. */
  Appended append(byte[] record, CallOptions options) {
    turn.lock();
    try {
      for (int tries = 0; tries < MOST_TRIES; tries++) {
        long id = taken + 1;
        KvAnswer answer =
            Await.answer(
                service.execute(
                    new KvRequest.Put(key(id), record, Precondition.ABSENT, 0), options));
        switch (answer) {
          case KvAnswer.Written written -> {
            taken = id;
            return new Appended(id, written);
          }
          case KvAnswer.ConditionFailed failed -> {
            taken = id;
            KvAnswer found = findEnd(options);
            if (found instanceof KvAnswer.Failed) {
              return new Appended(0, found);
            }
          }
          default -> {
            return new Appended(0, answer);
          }
        }
      }
    } finally {
      turn.unlock();
    }
    throw ApiException.overloaded("too many others append records");
  }

  /** Moves on to the last number that is taken; the answer is the last read's. */
  private KvAnswer findEnd(CallOptions options) {
    long step = 1;
    KvAnswer answer = read(taken + step, options);
    while (answer instanceof KvAnswer.Found) {
      taken += step;
      step *= 2;
      answer = read(taken + step, options);
    }
    while (step > 1 && !(answer instanceof KvAnswer.Failed)) {
      step /= 2;
      answer = read(taken + step, options);
      if (answer instanceof KvAnswer.Found) {
        taken += step;
      }
    }
    return answer;
  }

  private KvAnswer read(long id, CallOptions options) {
    // Without an identity: only commands may carry one.
    CallOptions plain = new CallOptions(options.timeoutNanos(), null);
    return Await.answer(
        service.execute(new KvRequest.Get(key(id), true, Consistency.LINEARIZABLE), plain));
  }

  private static byte[] key(long id) {
    return (PREFIX + String.format(Locale.ROOT, "%020d", id)).getBytes(StandardCharsets.US_ASCII);
  }
}
