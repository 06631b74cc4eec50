package dev.flotilla.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Looks for an order of one key's operations that explains all answers: Wing and Gong's depth-first
 * search with Lowe's memo of (operations placed, state reached).
 *
 * <p>An operation can be next when no other one that is still to be placed returned before it was
 * called. Answered operations must all be placed; open ones may be, at any time after their call.
 * Open ones are tried last, so that a run without surprises is explained without them.
 *
 * <p>Two short cuts, neither of which leaves out an explanation altogether. A state whose rank is
 * above what a remaining answer shows leads nowhere. And an open operation is left out where the
 * one right after it can do without: what follows then has at least as much freedom, the open
 * operation's own later moments included.
 *
 * @param <S> the model's state
 */
final class Search<S> {
  enum Result {
    EXPLAINED,
    IMPOSSIBLE,
    GIVEN_UP
  }

  private record Placed<S>(long[] bits, int hash, S state) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Placed<?> that
          && hash == that.hash
          && Arrays.equals(bits, that.bits)
          && state.equals(that.state);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  /** A state on the way, with the operations that can be next. */
  private static final class Frame<S> {
    private final S state;
    private final int placed;
    private final int lowest;
    private final int first;
    private final int[] candidates;
    private int next;

    /**
     * @param placed the operation that led here; -1 at the beginning
     * @param lowest where in the order of ranks the first one stands that is to be placed
     * @param first the same in the order of calls
     */
    Frame(S state, int placed, int lowest, int first, int[] candidates) {
      this.state = state;
      this.placed = placed;
      this.lowest = lowest;
      this.first = first;
      this.candidates = candidates;
    }
  }

  private final Model<S> model;

  /** The answered ones in the order of calls, then the open ones in the order of calls. */
  private final List<Operation> operations = new ArrayList<>();

  private final int answered;
  private final long[] bits;
  private final Set<Placed<S>> memo = new HashSet<>();

  /** The answered ones that show a rank, ascending by it. */
  private final int[] ranked;

  private final long[] ranks;
  private final List<Frame<S>> path = new ArrayList<>();
  private int left;
  private long steps;

  Search(Model<S> model, List<Operation> ordered) {
    this.model = model;
    ordered.stream().filter(operation -> !operation.isOpen()).forEach(operations::add);
    this.answered = operations.size();
    ordered.stream().filter(Operation::isOpen).forEach(operations::add);
    this.bits = new long[(operations.size() + 63) >>> 6];
    this.left = answered;
    this.ranks = new long[answered];
    for (int i = 0; i < answered; i++) {
      ranks[i] =
          operations.get(i).outcome() instanceof Outcome.Ok ok
              ? model.rank(ok.answer())
              : Model.UNRANKED;
    }
    this.ranked =
        IntStream.range(0, answered)
            .filter(i -> ranks[i] != Model.UNRANKED)
            .boxed()
            .sorted(Comparator.comparingLong(i -> ranks[i]))
            .mapToInt(i -> i)
            .toArray();
  }

  long steps() {
    return steps;
  }

  /** Runs once, from the beginning. */
  Result run(long maxSteps) {
    path.add(new Frame<>(model.initial(), -1, 0, 0, candidates(0)));
    while (left > 0) {
      Frame<S> top = path.getLast();
      if (top.next == top.candidates.length) {
        path.removeLast();
        if (path.isEmpty()) {
          return Result.IMPOSSIBLE;
        }
        take(top.placed);
        continue;
      }
      if (++steps > maxSteps) {
        return Result.GIVEN_UP;
      }
      int candidate = top.candidates[top.next++];
      S state = after(top.state, operations.get(candidate));
      if (state != null && !canDoWithout(top, candidate, state)) {
        place(candidate);
        int lowest = lowestRanked(top.lowest);
        boolean late = lowest < ranked.length && model.rank(state) > ranks[ranked[lowest]];
        if (!late && isNew(state)) {
          int first = firstLeft(top.first);
          path.add(new Frame<>(state, candidate, lowest, first, candidates(first)));
        } else {
          take(candidate);
        }
      }
    }
    return Result.EXPLAINED;
  }

  private @Nullable S after(S state, Operation operation) {
    return switch (operation.outcome()) {
      case Outcome.Ok ok -> model.answered(state, operation.action(), ok.answer());
      case Outcome.Open _ -> model.unanswered(state, operation.action());
      case Outcome.Refused _ -> throw new IllegalArgumentException("refused: " + operation);
    };
  }

  /** Whether the open operation that led to the frame makes no difference to the next one. */
  private boolean canDoWithout(Frame<S> top, int candidate, S state) {
    if (top.placed < answered) {
      return false;
    }
    S without = after(path.get(path.size() - 2).state, operations.get(candidate));
    return without != null && model.covers(without, state);
  }

  private int lowestRanked(int from) {
    int lowest = from;
    while (lowest < ranked.length && isPlaced(ranked[lowest])) {
      lowest++;
    }
    return lowest;
  }

  private boolean isNew(S state) {
    return memo.add(
        new Placed<>(bits.clone(), 31 * Arrays.hashCode(bits) + state.hashCode(), state));
  }

  private int firstLeft(int from) {
    int first = from;
    while (first < answered && isPlaced(first)) {
      first++;
    }
    return first;
  }

  private int[] candidates(int first) {
    int[] found = new int[operations.size() - first];
    int count = 0;
    long firstReturn = Operation.NEVER;
    for (int i = first; i < answered; i++) {
      if (!isPlaced(i)) {
        Operation operation = operations.get(i);
        if (operation.callNanos() > firstReturn) {
          break; // and so are all that follow
        }
        firstReturn = Math.min(firstReturn, operation.returnNanos());
        found[count++] = i;
      }
    }
    // The first return sank while looking, so those found early are asked once more.
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (operations.get(found[i]).callNanos() <= firstReturn) {
        found[kept++] = found[i];
      }
    }
    for (int i = answered; i < operations.size(); i++) {
      if (!isPlaced(i) && operations.get(i).callNanos() <= firstReturn) {
        found[kept++] = i;
      }
    }
    return Arrays.copyOf(found, kept);
  }

  private boolean isPlaced(int operation) {
    return (bits[operation >>> 6] & (1L << operation)) != 0;
  }

  private void place(int operation) {
    bits[operation >>> 6] |= 1L << operation;
    if (operation < answered) {
      left--;
    }
  }

  private void take(int operation) {
    bits[operation >>> 6] &= ~(1L << operation);
    if (operation < answered) {
      left++;
    }
  }
}
