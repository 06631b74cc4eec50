package dev.flotilla.launcher.faults;

import dev.flotilla.history.Action;
import dev.flotilla.history.Answer;
import dev.flotilla.history.Condition;
import dev.flotilla.history.Recorder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * One client: registers with all conditions, lists by compare-and-set, elements of the ledger; one
 * thing at a time, at a pace that leaves the machine room to fail over. Every second client has an
 * id of its own and sends a command again, under the same number, when it does not know what became
 * of it; the others give up.
 */
final class HistoryClient {
  private static final int LANES = 4;
  private static final int ATTEMPTS = 3;
  private static final int TIMEOUT_MILLIS = 3_000;
  private static final String SERVER_TIMEOUT = "2s";
  private static final long PACE_NANOS = 4_000_000;
  private static final long PAUSE_AFTER_FAILURE_NANOS = 50_000_000;
  private static final int MAX_LIST = 60;

  private final HistoryClients all;
  private final String name;
  private final boolean repeats;
  private final PlainHttp http;
  private final Recorder.Worker worker;
  private final SplittableRandom random;
  private final Map<String, Long> seen = new HashMap<>();
  private long seq;
  private int written;

  HistoryClient(
      HistoryClients all, String run, int number, PlainHttp http, Recorder.Worker worker) {
    this.all = all;
    this.name = run + "-c" + number;
    this.repeats = number % 2 == 1;
    this.http = http;
    this.worker = worker;
    this.random = new SplittableRandom(number);
  }

  void workWhile(AtomicBoolean running) {
    while (running.get()) {
      long begun = System.nanoTime();
      boolean known = one();
      long pause = known ? PACE_NANOS - (System.nanoTime() - begun) : PAUSE_AFTER_FAILURE_NANOS;
      if (pause > 0) {
        LockSupport.parkNanos(pause);
      }
    }
  }

  /** Does one thing, and says whether it was answered. */
  private boolean one() {
    int die = random.nextInt(100);
    if (die < 30) {
      return addToLedger();
    }
    if (die < 38) {
      return appendToList();
    }
    if (die < 43) {
      return readList(all.lists().key(0)) != null;
    }
    String key = all.registers().key(random.nextInt(LANES));
    if (die < 65) {
      return read(key);
    }
    return write(key, die < 72 ? delete() : put(key));
  }

  private Action put(String key) {
    String value = name + "-" + ++written;
    return switch (random.nextInt(6)) {
      case 0 -> new Action.Put(value, Condition.ABSENT);
      case 1 -> new Action.Put(value, Condition.PRESENT);
      case 2, 3 ->
          new Action.Put(
              value,
              seen.containsKey(key) ? new Condition.RevisionIs(seen.get(key)) : Condition.NONE);
      default -> new Action.Put(value, Condition.NONE);
    };
  }

  private Action delete() {
    return new Action.Delete(random.nextBoolean() ? Condition.NONE : Condition.PRESENT);
  }

  private boolean write(String key, Action action) {
    Recorder.Pending pending = worker.begin(key, action);
    Condition condition =
        action instanceof Action.Put put ? put.condition() : ((Action.Delete) action).condition();
    String value = action instanceof Action.Put put ? put.value() : null;
    return command(
        pending,
        key,
        condition,
        value,
        answer ->
            switch (answer.status()) {
              case 200, 201 -> written(key, answer, answer.status() == 200);
              case 204 -> written(key, answer, true);
              case 404 -> new Answer.Written(0, false);
              case 412 -> new Answer.ConditionFailed(revision(answer));
              default -> null;
            });
  }

  private Answer written(String key, PlainHttp.Answer answer, boolean existed) {
    seen.put(key, revision(answer));
    return new Answer.Written(revision(answer), existed);
  }

  private static long revision(PlainHttp.Answer answer) {
    return Long.parseLong(answer.header("x-flotilla-revision"));
  }

  private boolean read(String key) {
    Recorder.Pending pending = worker.begin(key, new Action.Get());
    PlainHttp.Answer answer = query(key);
    Answer told = answer == null ? null : register(key, answer);
    if (told == null) {
      pending.open();
      return false;
    }
    pending.ok(told);
    return true;
  }

  private @Nullable Answer register(String key, PlainHttp.Answer answer) {
    return switch (answer.status()) {
      case 200 -> {
        seen.put(key, revision(answer));
        yield new Answer.Found(withoutFilling(answer.body()), revision(answer));
      }
      case 404 -> new Answer.Absent();
      default -> null;
    };
  }

  /** The last look: waits for an answer as long as it takes, within reason. */
  void readRegisterForSure(String key) {
    forSure(key, () -> read(key));
  }

  void readListForSure(String key) {
    forSure(key, () -> readList(key) != null);
  }

  private static void forSure(String key, java.util.concurrent.Callable<Boolean> read) {
    Awaitility.await("reading " + key)
        .atMost(Duration.ofSeconds(30))
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(50))
        .until(read);
  }

  /** The revision of a key; 0 when it is absent. */
  long revisionForSure(String key) {
    long[] revision = {0};
    forSure(
        key,
        () -> {
          PlainHttp.Answer answer = query(key);
          if (answer == null || (answer.status() != 200 && answer.status() != 404)) {
            return false;
          }
          revision[0] = answer.status() == 200 ? revision(answer) : 0;
          return true;
        });
    return revision[0];
  }

  private boolean addToLedger() {
    String element = name + "-element-" + ++written;
    Command command = new Command("PUT", element, Condition.NONE, element, identity());
    for (int attempt = 1; ; attempt++) {
      PlainHttp.Answer answer = attempt(command);
      if (answer != null && (answer.status() == 200 || answer.status() == 201)) {
        all.ledgerAcked(element, revision(answer));
        return true;
      }
      if (answer != null && attempt == 1 && refuses(answer)) {
        all.ledger().refused(element);
        all.countRefused();
        return false;
      }
      if (command.identity() == null || attempt == ATTEMPTS) {
        all.ledger().open(element);
        all.countOpen();
        becomeSomebodyElse();
        return false;
      }
    }
  }

  private boolean appendToList() {
    String key = all.lists().key(0);
    ListSeen list = readList(key);
    if (list == null) {
      return false;
    }
    if (list.elements().size() >= MAX_LIST) {
      return true; // the lane moves on when the key's room is used up by reads
    }
    String element = name + "-" + ++written;
    List<String> longer = new ArrayList<>(list.elements());
    longer.add(element);
    Recorder.Pending pending = worker.begin(key, new Action.Append(element));
    return command(
        pending,
        key,
        list.revision() == 0 ? Condition.ABSENT : new Condition.RevisionIs(list.revision()),
        String.join(",", longer),
        answer -> answer.status() == 200 || answer.status() == 201 ? new Answer.Done() : null);
  }

  private record ListSeen(List<String> elements, long revision) {}

  private @Nullable ListSeen readList(String key) {
    Recorder.Pending pending = worker.begin(key, new Action.Elements());
    PlainHttp.Answer answer = query(key);
    if (answer == null || (answer.status() != 200 && answer.status() != 404)) {
      pending.open();
      return null;
    }
    ListSeen list =
        answer.status() == 404
            ? new ListSeen(List.of(), 0)
            : new ListSeen(List.of(withoutFilling(answer.body()).split(",")), revision(answer));
    pending.ok(new Answer.Listed(list.elements()));
    return list;
  }

  /** Reads an answer to a command; null when it does not say that the command was carried out. */
  @FunctionalInterface
  private interface Reading {
    @Nullable Answer of(PlainHttp.Answer answer);
  }

  private boolean command(
      Recorder.Pending pending,
      String key,
      Condition condition,
      @Nullable String value,
      Reading reading) {
    Command command =
        new Command(value == null ? "DELETE" : "PUT", key, condition, value, identity());
    for (int attempt = 1; ; attempt++) {
      PlainHttp.Answer answer = attempt(command);
      Answer told = answer == null ? null : reading.of(answer);
      if (told != null) {
        pending.ok(told);
        return true;
      }
      if (answer != null && (attempt == 1 || answer.status() == 412) && refuses(answer)) {
        pending.refused();
        if (answer.status() == 412) {
          return true; // somebody else was quicker: an answer like any other
        }
        all.countRefused();
        return false;
      }
      if (command.identity() == null || attempt == ATTEMPTS) {
        pending.open();
        all.registers().opened(key);
        all.lists().opened(key);
        all.countOpen();
        becomeSomebodyElse();
        return false;
      }
      pending.attemptInDoubt();
    }
  }

  /** The answer says that nothing happened. */
  private static boolean refuses(PlainHttp.Answer answer) {
    return answer.body().contains("\"outcome\":\"not_applied\"");
  }

  /** A caller's own number of a command, which makes its repetitions harmless. */
  private record Identity(String client, long seq) {}

  private record Command(
      String method,
      String key,
      Condition condition,
      @Nullable String value,
      @Nullable Identity identity) {}

  private @Nullable Identity identity() {
    return repeats ? new Identity(name + "-" + worker.process(), ++seq) : null;
  }

  private void becomeSomebodyElse() {
    seq = 0;
  }

  private PlainHttp.@Nullable Answer attempt(Command command) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("X-Timeout", SERVER_TIMEOUT);
    switch (command.condition()) {
      case Condition.None _ -> {}
      case Condition.Absent _ -> headers.put("If-None-Match", "*");
      case Condition.Present _ -> headers.put("If-Match", "*");
      case Condition.RevisionIs is -> headers.put("If-Match", "\"" + is.revision() + "\"");
    }
    Identity identity = command.identity();
    if (identity != null) {
      headers.put("X-Client-Id", identity.client());
      headers.put("X-Request-Seq", Long.toString(identity.seq()));
      headers.put("X-Acked-Below", Long.toString(identity.seq()));
    }
    String value = command.value();
    byte[] body = value == null ? new byte[0] : filled(value).getBytes(StandardCharsets.ISO_8859_1);
    return send(command.method(), command.key(), headers, body);
  }

  private PlainHttp.@Nullable Answer query(String key) {
    return send("GET", key, Map.of("X-Timeout", SERVER_TIMEOUT), new byte[0]);
  }

  private PlainHttp.@Nullable Answer send(
      String method, String key, Map<String, String> headers, byte[] body) {
    long call = System.nanoTime();
    try {
      PlainHttp.Answer answer = http.send(method, "/v1/kv/" + key, headers, body, TIMEOUT_MILLIS);
      boolean done = answer.status() < 300 || answer.status() == 404 || answer.status() == 412;
      if (done) {
        all.countOk(answer.header("x-flotilla-group"), call, System.nanoTime());
      }
      return answer;
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }

  /** Values are told apart by their beginning; the rest is weight. */
  private String filled(String value) {
    int weight = all.valueBytes() - value.length();
    return weight <= 0 ? value : value + "|" + ".".repeat(weight - 1);
  }

  private static String withoutFilling(String body) {
    int bar = body.indexOf('|');
    return bar < 0 ? body : body.substring(0, bar);
  }

  void close() {
    http.close();
  }
}
