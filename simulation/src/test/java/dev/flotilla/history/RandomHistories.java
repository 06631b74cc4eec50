package dev.flotilla.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Histories that are legal by construction: clients overlap at random, and every operation takes
 * effect at one moment between its call and its return on a real register.
 */
final class RandomHistories {
  private static final int MAX_LENGTH = 12;

  private record Plan(
      int id, int process, Action action, long call, long effect, long end, boolean open) {}

  private final RandomGenerator random;
  private int values;

  RandomHistories(RandomGenerator random) {
    this.random = random;
  }

  /**
   * @param openPercent how many commands never get an answer
   */
  List<Operation> legal(int clients, int operations, int openPercent) {
    values = 0;
    List<Plan> plans = new ArrayList<>();
    long[] freeAt = new long[clients];
    int[] process = new int[clients];
    int nextProcess = clients + 1;
    for (int client = 0; client < clients; client++) {
      process[client] = client + 1;
    }
    for (int i = 0; i < operations; i++) {
      int client = random.nextInt(clients);
      Action action = action();
      long call = freeAt[client] + random.nextInt(1, 4);
      long effect = call + random.nextInt(0, MAX_LENGTH);
      long end = effect + random.nextInt(0, MAX_LENGTH);
      boolean open = !action.isRead() && random.nextInt(100) < openPercent;
      if (open) {
        effect = random.nextBoolean() ? call + random.nextInt(6 * MAX_LENGTH) : Operation.NEVER;
      }
      plans.add(new Plan(i + 1, process[client], action, call, effect, end, open));
      freeAt[client] = end + 1;
      if (open) {
        process[client] = nextProcess++;
      }
    }
    plans.sort(Comparator.comparingLong(Plan::effect).thenComparing(Plan::id));
    return carryOut(plans);
  }

  private Action action() {
    Condition condition =
        switch (random.nextInt(6)) {
          case 0 -> Condition.ABSENT;
          case 1 -> Condition.PRESENT;
          case 2, 3 -> new Condition.RevisionIs(0); // replaced by one that may be right
          default -> Condition.NONE;
        };
    return switch (random.nextInt(8)) {
      case 0 -> new Action.Delete(condition);
      case 1, 2, 3 -> new Action.Get();
      default -> new Action.Put("v" + ++values, condition);
    };
  }

  private List<Operation> carryOut(List<Plan> plans) {
    List<Operation> told = new ArrayList<>();
    String value = null;
    long revision = 0;
    long counter = 0;
    for (Plan plan : plans) {
      Action action = guessed(plan.action(), counter);
      Answer answer;
      if (plan.effect() == Operation.NEVER) {
        answer = new Answer.Absent(); // nobody is told
      } else if (action instanceof Action.Get) {
        answer = value == null ? new Answer.Absent() : new Answer.Found(value, revision);
      } else if (!holds(condition(action), value, revision)) {
        answer = new Answer.ConditionFailed(value == null ? 0 : revision);
      } else if (action instanceof Action.Delete && value == null) {
        answer = new Answer.Written(0, false);
      } else {
        counter += random.nextInt(4) == 0 ? random.nextInt(2, 4) : 1;
        answer = new Answer.Written(counter, value != null);
        value = action instanceof Action.Put put ? put.value() : null;
        revision = counter;
      }
      told.add(
          new Operation(
              plan.id(),
              plan.process(),
              Told.KEY,
              action,
              plan.call(),
              plan.open() ? Operation.NEVER : plan.end(),
              plan.open() ? Outcome.OPEN : new Outcome.Ok(answer)));
    }
    return told;
  }

  /** Compare-and-set with a revision that is often right: clients read first. */
  private Action guessed(Action action, long counter) {
    Condition.RevisionIs near =
        new Condition.RevisionIs(Math.max(1, counter - (random.nextInt(3) == 0 ? 1 : 0)));
    return switch (action) {
      case Action.Put put when put.condition() instanceof Condition.RevisionIs ->
          new Action.Put(put.value(), near);
      case Action.Delete delete when delete.condition() instanceof Condition.RevisionIs ->
          new Action.Delete(near);
      default -> action;
    };
  }

  private static Condition condition(Action action) {
    return action instanceof Action.Put put
        ? put.condition()
        : ((Action.Delete) action).condition();
  }

  private static boolean holds(Condition condition, @Nullable String value, long revision) {
    return switch (condition) {
      case Condition.None _ -> true;
      case Condition.Absent _ -> value == null;
      case Condition.Present _ -> value != null;
      case Condition.RevisionIs is -> value != null && revision == is.revision();
    };
  }

  /** The same with one answer changed into one that a faulty database might have given. */
  List<Operation> mutated(List<Operation> legal) {
    List<Operation> mutated = new ArrayList<>(legal);
    List<Integer> answered = new ArrayList<>();
    for (int i = 0; i < legal.size(); i++) {
      if (legal.get(i).outcome() instanceof Outcome.Ok) {
        answered.add(i);
      }
    }
    if (answered.isEmpty()) {
      return mutated;
    }
    int at = answered.get(random.nextInt(answered.size()));
    Operation victim = legal.get(at);
    Answer answer = ((Outcome.Ok) victim.outcome()).answer();
    Answer changed =
        switch (answer) {
          case Answer.Found found ->
              random.nextInt(3) == 0 ? new Answer.Absent() : anotherRead(legal, found);
          case Answer.Absent absent -> anotherRead(legal, absent);
          case Answer.Written written ->
              random.nextBoolean()
                  ? new Answer.Written(written.revision(), !written.existed())
                  : new Answer.Written(
                      Math.max(0, written.revision() + random.nextInt(-2, 3)), written.existed());
          case Answer.ConditionFailed failed ->
              random.nextBoolean()
                  ? new Answer.Written(failed.revision() + 1, failed.revision() != 0)
                  : new Answer.ConditionFailed(failed.revision() == 0 ? 1 : 0);
          case Answer.Done _, Answer.Listed _ -> answer;
        };
    mutated.set(
        at,
        new Operation(
            victim.id(),
            victim.process(),
            victim.key(),
            victim.action(),
            victim.callNanos(),
            victim.returnNanos(),
            new Outcome.Ok(changed)));
    return mutated;
  }

  /** What another read of the run was told: an old state, or one still to come. */
  private Answer anotherRead(List<Operation> legal, Answer own) {
    List<Answer> others = new ArrayList<>();
    for (Operation operation : legal) {
      if (operation.action() instanceof Action.Put put
          && operation.outcome() instanceof Outcome.Ok ok
          && ok.answer() instanceof Answer.Written written) {
        others.add(new Answer.Found(put.value(), written.revision()));
      }
    }
    others.remove(own);
    return others.isEmpty() ? own : others.get(random.nextInt(others.size()));
  }
}
