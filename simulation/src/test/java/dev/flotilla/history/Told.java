package dev.flotilla.history;

import java.util.ArrayList;
import java.util.List;

/** A history written by hand: who did what from when to when, and what they were told. */
final class Told {
  static final String KEY = "k";

  private final List<Operation> operations = new ArrayList<>();

  static Told nothing() {
    return new Told();
  }

  static Action put(String value) {
    return new Action.Put(value, Condition.NONE);
  }

  static Action create(String value) {
    return new Action.Put(value, Condition.ABSENT);
  }

  static Action update(String value) {
    return new Action.Put(value, Condition.PRESENT);
  }

  static Action swap(long expected, String value) {
    return new Action.Put(value, new Condition.RevisionIs(expected));
  }

  static Action delete() {
    return new Action.Delete(Condition.NONE);
  }

  static Action deleteAt(long expected) {
    return new Action.Delete(new Condition.RevisionIs(expected));
  }

  static Action get() {
    return new Action.Get();
  }

  static Answer created(long revision) {
    return new Answer.Written(revision, false);
  }

  static Answer replaced(long revision) {
    return new Answer.Written(revision, true);
  }

  static Answer found(String value, long revision) {
    return new Answer.Found(value, revision);
  }

  static Answer absent() {
    return new Answer.Absent();
  }

  static Answer failed(long revision) {
    return new Answer.ConditionFailed(revision);
  }

  static Answer done() {
    return new Answer.Done();
  }

  static Answer listed(String... elements) {
    return new Answer.Listed(List.of(elements));
  }

  Told ok(long call, long end, Action action, Answer answer) {
    return add(call, end, action, new Outcome.Ok(answer));
  }

  Told open(long call, Action action) {
    return add(call, Operation.NEVER, action, Outcome.OPEN);
  }

  Told refused(long call, long end, Action action) {
    return add(call, end, action, Outcome.REFUSED);
  }

  private Told add(long call, long end, Action action, Outcome outcome) {
    int id = operations.size() + 1;
    operations.add(new Operation(id, id, KEY, action, call, end, outcome));
    return this;
  }

  List<Operation> operations() {
    return List.copyOf(operations);
  }

  History history() {
    return new History(operations);
  }
}
