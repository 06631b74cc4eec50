package dev.flotilla.simulation.workload;

import dev.flotilla.balancer.routing.Consistency;
import dev.flotilla.balancer.routing.KvAnswer;
import dev.flotilla.balancer.routing.KvRequest;
import dev.flotilla.balancer.routing.Precondition;
import dev.flotilla.history.Action;
import dev.flotilla.history.Answer;
import dev.flotilla.history.Condition;
import dev.flotilla.history.Recorder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Draws operations on the run's keys: every value is written once, so that a read says whose. */
final class Operations {
  /** Kept for the last look at a key. */
  private static final int ROOM_FOR_THE_END = 10;

  private static final int DRAWS = 8;

  /**
   * An operation to carry out.
   *
   * @param judged whether the history has it; keys with a time to live are left out
   */
  record Drawn(String key, KvRequest request, Action action, boolean judged, boolean lease) {
    boolean conditional() {
      return switch (action) {
        case Action.Put put -> !put.condition().equals(Condition.NONE);
        case Action.Delete delete -> !delete.condition().equals(Condition.NONE);
        default -> false;
      };
    }
  }

  private final WorkloadPlan plan;
  private final Recorder recorder;
  private final boolean leases;
  private final Map<String, Long> revisions = new TreeMap<>();
  private long values;

  Operations(WorkloadPlan plan, Recorder recorder, boolean leases) {
    this.plan = plan;
    this.recorder = recorder;
    this.leases = leases;
  }

  static String key(int number) {
    return "key-" + number;
  }

  static Drawn read(String key) {
    return new Drawn(
        key,
        new KvRequest.Get(bytes(key), false, Consistency.LINEARIZABLE),
        new Action.Get(),
        true,
        false);
  }

  /** Null when no key has room for more. */
  @Nullable Drawn draw(SplittableRandom random) {
    if (random.nextInt(100) < plan.expiringPercent()) {
      return expiring(random);
    }
    for (int i = 0; i < DRAWS; i++) {
      String key = key(random.nextInt(plan.keys()));
      if (recorder.room(key) > ROOM_FOR_THE_END) {
        return random.nextInt(100) < plan.readPercent() ? get(key, random) : write(key, random);
      }
    }
    return null;
  }

  private Drawn get(String key, SplittableRandom random) {
    boolean lease = leases && random.nextInt(100) < plan.leasePercent();
    return new Drawn(
        key,
        new KvRequest.Get(bytes(key), false, lease ? Consistency.LEASE : Consistency.LINEARIZABLE),
        new Action.Get(),
        true,
        lease);
  }

  private Drawn write(String key, SplittableRandom random) {
    Condition condition = condition(key, random);
    if (random.nextInt(5) == 0) {
      return new Drawn(
          key,
          new KvRequest.Delete(bytes(key), precondition(condition)),
          new Action.Delete(condition),
          true,
          false);
    }
    String value = "v" + ++values;
    return new Drawn(
        key,
        new KvRequest.Put(bytes(key), value(value, random), precondition(condition), 0),
        new Action.Put(value, condition),
        true,
        false);
  }

  /** Values differ in size: the name, a space, padding. */
  private static byte[] value(String name, SplittableRandom random) {
    int padding = random.nextInt(4) == 0 ? random.nextInt(600) : random.nextInt(40);
    return bytes(name + " " + "x".repeat(padding));
  }

  private Condition condition(String key, SplittableRandom random) {
    if (random.nextInt(100) >= plan.comparePercent()) {
      return Condition.NONE;
    }
    return switch (random.nextInt(4)) {
      case 0 -> Condition.ABSENT;
      case 1 -> Condition.PRESENT;
      default -> new Condition.RevisionIs(Math.max(1, revisions.getOrDefault(key, 1L)));
    };
  }

  private static Precondition precondition(Condition condition) {
    return switch (condition) {
      case Condition.None none -> Precondition.NONE;
      case Condition.Absent absent -> Precondition.ABSENT;
      case Condition.Present present -> Precondition.PRESENT;
      case Condition.RevisionIs is -> new Precondition.RevisionIs(is.revision());
    };
  }

  private Drawn expiring(SplittableRandom random) {
    String key = "expiring-" + random.nextInt(20);
    if (random.nextBoolean()) {
      return new Drawn(
          key,
          new KvRequest.Get(bytes(key), false, Consistency.LINEARIZABLE),
          new Action.Get(),
          false,
          false);
    }
    String value = "v" + ++values;
    return new Drawn(
        key,
        new KvRequest.Put(
            bytes(key), value(value, random), Precondition.NONE, 50 + random.nextInt(4_000)),
        new Action.Put(value, Condition.NONE),
        false,
        false);
  }

  /** Keeps the newest revision seen, for conditions that have a chance. */
  void learn(String key, KvAnswer answer) {
    long revision =
        switch (answer) {
          case KvAnswer.Written written -> written.revision();
          case KvAnswer.Found found -> found.revision();
          case KvAnswer.ConditionFailed failed -> failed.revision();
          case KvAnswer.Absent absent -> 0;
          case KvAnswer.Keys keys -> 0;
          case KvAnswer.Failed failed -> 0;
        };
    if (revision > 0) {
      revisions.put(key, revision);
    }
  }

  /** An answer of the state machine, as the history has it. */
  static Answer answer(KvAnswer answer) {
    return switch (answer) {
      case KvAnswer.Written written -> new Answer.Written(written.revision(), written.existed());
      case KvAnswer.ConditionFailed failed -> new Answer.ConditionFailed(failed.revision());
      case KvAnswer.Found found -> {
        String value = found.value().toString(StandardCharsets.UTF_8);
        yield new Answer.Found(value.substring(0, value.indexOf(' ')), found.revision());
      }
      case KvAnswer.Absent absent -> new Answer.Absent();
      case KvAnswer.Keys keys -> throw new IllegalArgumentException("nobody asked for keys");
      case KvAnswer.Failed failed -> throw new IllegalArgumentException("no answer: " + failed);
    };
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
