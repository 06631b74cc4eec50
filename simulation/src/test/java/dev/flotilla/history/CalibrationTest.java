package dev.flotilla.history;

import static dev.flotilla.history.Told.absent;
import static dev.flotilla.history.Told.create;
import static dev.flotilla.history.Told.created;
import static dev.flotilla.history.Told.delete;
import static dev.flotilla.history.Told.deleteAt;
import static dev.flotilla.history.Told.done;
import static dev.flotilla.history.Told.failed;
import static dev.flotilla.history.Told.found;
import static dev.flotilla.history.Told.get;
import static dev.flotilla.history.Told.listed;
import static dev.flotilla.history.Told.put;
import static dev.flotilla.history.Told.replaced;
import static dev.flotilla.history.Told.swap;
import static dev.flotilla.history.Told.update;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Histories whose verdict is known. A checker that gets one of them wrong judges nothing. */
class CalibrationTest {
  private final LinearizabilityChecker checker =
      new LinearizabilityChecker(LinearizabilityChecker.Budget.DEFAULT);

  @ParameterizedTest(name = "{0}")
  @MethodSource("legal")
  void isLegal(String name, Told told) {
    assertThat(checker.check(told.history())).isInstanceOf(Verdict.Linearizable.class);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("illegal")
  void isIllegal(String name, Told told) {
    assertThat(checker.check(told.history())).isInstanceOf(Verdict.Violation.class);
  }

  private static Arguments row(String name, Told told) {
    return Arguments.of(name, told);
  }

  private static Told put1() {
    return Told.nothing().ok(0, 10, put("a"), created(1));
  }

  private static Action add(String element) {
    return new Action.Add(element);
  }

  private static Action append(String element) {
    return new Action.Append(element);
  }

  private static Action members() {
    return new Action.Members();
  }

  private static Action elements() {
    return new Action.Elements();
  }

  static Stream<Arguments> legal() {
    return Stream.of(
        row("nothing happened", Told.nothing()),
        row("a read of what was written", put1().ok(20, 30, get(), found("a", 1))),
        row("a key nobody wrote is absent", Told.nothing().ok(0, 10, get(), absent())),
        row(
            "a read during a write sees the old",
            put1().ok(20, 50, put("b"), replaced(2)).ok(30, 40, get(), found("a", 1))),
        row(
            "a read during a write sees the new",
            put1().ok(20, 50, put("b"), replaced(2)).ok(30, 40, get(), found("b", 2))),
        row(
            "overlapping reads in either order",
            put1()
                .ok(20, 90, put("b"), replaced(2))
                .ok(30, 80, get(), found("b", 2))
                .ok(31, 79, get(), found("a", 1))),
        row(
            "an answer that returns the moment another is called overlaps it",
            put1().ok(10, 20, get(), absent())),
        row(
            "revisions skip what other keys of the slot took",
            Told.nothing().ok(0, 10, put("a"), created(3)).ok(20, 30, put("b"), replaced(17))),
        row(
            "overlapping writes in the order of their revisions",
            Told.nothing()
                .ok(0, 100, put("a"), replaced(2))
                .ok(1, 99, put("b"), created(1))
                .ok(110, 120, get(), found("a", 2))),
        row(
            "a compare-and-set on what is there",
            put1().ok(20, 30, swap(1, "b"), replaced(2)).ok(40, 50, get(), found("b", 2))),
        row(
            "a compare-and-set that lost says what is there",
            put1().ok(20, 30, put("b"), replaced(4)).ok(40, 50, swap(1, "c"), failed(4))),
        row(
            "one of two compare-and-sets wins",
            put1().ok(20, 40, swap(1, "b"), replaced(2)).ok(20, 40, swap(1, "c"), failed(2))),
        row(
            "create, and create again fails",
            Told.nothing().ok(0, 10, create("a"), created(1)).ok(20, 30, create("b"), failed(1))),
        row(
            "update needs something",
            Told.nothing()
                .ok(0, 10, update("a"), failed(0))
                .ok(20, 30, put("b"), created(1))
                .ok(40, 50, update("c"), replaced(2))),
        row(
            "a delete and then absence",
            put1().ok(20, 30, delete(), replaced(2)).ok(40, 50, get(), absent())),
        row("a delete of nothing has no revision", Told.nothing().ok(0, 10, delete(), created(0))),
        row(
            "a key created again after its delete",
            put1().ok(20, 30, delete(), replaced(2)).ok(40, 50, create("b"), created(3))),
        row(
            "a conditional delete",
            put1().ok(20, 30, deleteAt(1), replaced(2)).ok(40, 50, deleteAt(1), failed(0))),
        row(
            "an open write is never seen",
            put1()
                .open(20, put("b"))
                .ok(30, 40, get(), found("a", 1))
                .ok(50, 60, get(), found("a", 1))),
        row(
            "an open write is seen late",
            put1()
                .open(20, put("b"))
                .ok(30, 40, get(), found("a", 1))
                .ok(50, 60, get(), found("b", 2))),
        row(
            "an open write takes effect between two writes with room for its revision",
            put1()
                .open(20, put("x"))
                .ok(30, 40, put("b"), replaced(3))
                .ok(50, 60, get(), found("b", 3))),
        row(
            "an open write that happened is replaced under its revision",
            put1().open(20, put("b")).ok(30, 40, swap(5, "c"), replaced(6))),
        row(
            "an open compare-and-set that can only have happened",
            put1().open(20, swap(1, "b")).ok(30, 40, get(), found("b", 9))),
        row(
            "an open delete took effect",
            put1().open(20, delete()).ok(30, 40, get(), absent()).ok(50, 60, put("b"), created(3))),
        row(
            "an open write explains that the key existed",
            Told.nothing().open(0, put("a")).ok(10, 20, put("b"), replaced(2))),
        row(
            "a refused write is not there",
            put1().refused(20, 30, put("b")).ok(40, 50, get(), found("a", 1))),
        row("open reads say nothing", put1().open(20, get())),
        row(
            "a set with concurrent adds",
            Told.nothing()
                .ok(0, 30, add("a"), done())
                .ok(0, 30, add("b"), done())
                .ok(10, 20, members(), listed("b"))
                .ok(40, 50, members(), listed("b", "a"))),
        row(
            "a set with an open add",
            Told.nothing()
                .ok(0, 10, add("a"), done())
                .open(0, add("b"))
                .ok(20, 30, members(), listed("a"))
                .ok(40, 50, members(), listed("a", "b"))),
        row(
            "a list grows at its end",
            Told.nothing()
                .ok(0, 10, append("a"), done())
                .ok(20, 30, append("b"), done())
                .ok(40, 50, elements(), listed("a", "b"))),
        row(
            "a list with concurrent appends",
            Told.nothing()
                .ok(0, 30, append("a"), done())
                .ok(0, 30, append("b"), done())
                .ok(10, 20, elements(), listed("b"))
                .ok(40, 50, elements(), listed("b", "a"))),
        row(
            "a list with an open append that came late",
            Told.nothing()
                .open(0, append("x"))
                .ok(10, 20, append("a"), done())
                .ok(30, 40, elements(), listed("a"))
                .ok(50, 60, elements(), listed("a", "x"))));
  }

  static Stream<Arguments> illegal() {
    return Stream.of(
        row(
            "a stale read",
            put1().ok(20, 30, put("b"), replaced(2)).ok(40, 50, get(), found("a", 1))),
        row("an acknowledged write is lost", put1().ok(20, 30, get(), absent())),
        row("a value nobody wrote", put1().ok(20, 30, get(), found("z", 1))),
        row(
            "two reads see a write come and go",
            put1()
                .ok(20, 90, put("b"), replaced(2))
                .ok(30, 40, get(), found("b", 2))
                .ok(50, 60, get(), found("a", 1))),
        row(
            "a read sees an open write, and then it vanishes",
            put1()
                .open(20, put("b"))
                .ok(30, 40, get(), found("b", 2))
                .ok(50, 60, get(), found("a", 1))),
        row(
            "a read sees the future",
            Told.nothing().ok(0, 10, get(), found("a", 1)).ok(20, 30, put("a"), created(1))),
        row(
            "a refused write is there",
            put1().refused(20, 30, put("b")).ok(40, 50, get(), found("b", 2))),
        row(
            "two compare-and-sets on one revision both win",
            put1().ok(20, 40, swap(1, "b"), replaced(2)).ok(20, 40, swap(1, "c"), replaced(3))),
        row(
            "a lost update",
            put1().ok(20, 30, swap(1, "b"), replaced(2)).ok(40, 50, swap(1, "c"), replaced(3))),
        row(
            "two creates both win",
            Told.nothing().ok(0, 10, create("a"), created(1)).ok(0, 10, create("b"), created(2))),
        row(
            "a compare-and-set fails although nothing else happened",
            put1().ok(20, 30, swap(1, "b"), failed(1))),
        row("a create fails on an absent key", Told.nothing().ok(0, 10, create("a"), failed(0))),
        row(
            "a failed condition shows a revision that was over",
            put1().ok(20, 30, put("b"), replaced(2)).ok(40, 50, swap(7, "c"), failed(1))),
        row(
            "revisions against the order of time",
            Told.nothing().ok(0, 10, put("a"), created(5)).ok(20, 30, put("b"), replaced(4))),
        row(
            "one revision twice",
            Told.nothing().ok(0, 10, put("a"), created(5)).ok(20, 30, put("b"), replaced(5))),
        row("a read shows a value under another revision", put1().ok(20, 30, get(), found("a", 2))),
        row(
            "two reads show one value under two revisions",
            Told.nothing()
                .open(0, put("a"))
                .ok(10, 20, get(), found("a", 2))
                .ok(30, 40, get(), found("a", 3))),
        row(
            "no room for an open write's revision",
            put1()
                .open(20, put("x"))
                .ok(30, 40, get(), found("x", 2))
                .ok(50, 60, put("b"), replaced(2))),
        row(
            "an open write seen before and after what replaced it",
            put1()
                .open(20, put("b"))
                .ok(30, 40, get(), found("b", 2))
                .ok(50, 60, put("c"), replaced(3))
                .ok(70, 80, get(), found("b", 2))),
        row(
            "an open write takes effect before its call",
            put1().ok(12, 18, get(), found("b", 2)).open(20, put("b"))),
        row(
            "a deleted key is back",
            put1().ok(20, 30, delete(), replaced(2)).ok(40, 50, get(), found("a", 1))),
        row("a delete of something that finds nothing", put1().ok(20, 30, delete(), created(0))),
        row("a delete finds what was never there", Told.nothing().ok(0, 10, delete(), replaced(1))),
        row(
            "revisions start again after a delete",
            Told.nothing()
                .ok(0, 10, put("a"), created(8))
                .ok(20, 30, delete(), replaced(9))
                .ok(40, 50, put("b"), created(1))),
        row(
            "a write says the key was absent when it was not",
            put1().ok(20, 30, put("b"), created(2))),
        row(
            "a write says the key existed when it did not",
            Told.nothing().ok(0, 10, put("a"), replaced(1))),
        row(
            "an open compare-and-set on a revision that was over",
            put1()
                .ok(20, 30, put("b"), replaced(2))
                .open(40, swap(1, "c"))
                .ok(50, 60, get(), found("c", 3))),
        row(
            "a doubled write: its value returns after it was replaced",
            put1()
                .ok(20, 30, put("b"), replaced(2))
                .ok(40, 50, put("c"), replaced(3))
                .ok(60, 70, get(), found("b", 4))),
        row(
            "a set loses an element",
            Told.nothing().ok(0, 10, add("a"), done()).ok(20, 30, members(), listed())),
        row(
            "a set shows an open element and then not",
            Told.nothing()
                .open(0, add("a"))
                .ok(10, 20, members(), listed("a"))
                .ok(30, 40, members(), listed())),
        row(
            "a set shows an element twice",
            Told.nothing().ok(0, 10, add("a"), done()).ok(20, 30, members(), listed("a", "a"))),
        row(
            "two readers of a set disagree on the order of two adds",
            Told.nothing()
                .ok(0, 50, add("a"), done())
                .ok(0, 50, add("b"), done())
                .ok(10, 20, members(), listed("a"))
                .ok(10, 20, members(), listed("b"))),
        row(
            "a list has an element twice",
            Told.nothing().ok(0, 10, append("a"), done()).ok(20, 30, elements(), listed("a", "a"))),
        row(
            "a list is not in the order of time",
            Told.nothing()
                .ok(0, 10, append("a"), done())
                .ok(20, 30, append("b"), done())
                .ok(40, 50, elements(), listed("b", "a"))),
        row(
            "a list changes its order",
            Told.nothing()
                .ok(0, 30, append("a"), done())
                .ok(0, 30, append("b"), done())
                .ok(40, 50, elements(), listed("a", "b"))
                .ok(60, 70, elements(), listed("b", "a"))),
        row(
            "a list loses its end",
            Told.nothing()
                .ok(0, 10, append("a"), done())
                .ok(20, 30, append("b"), done())
                .ok(40, 50, elements(), listed("a"))));
  }
}
