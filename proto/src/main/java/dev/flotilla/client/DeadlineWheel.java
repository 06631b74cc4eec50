package dev.flotilla.client;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Deadlines of many short-lived things, coarse and cheap: adding and removing is O(1), and time
 * advances for all of them at once. A hashed timing wheel (Varghese and Lauck, "Hashed and
 * Hierarchical Timing Wheels", SOSP 1987): each slot holds the items whose deadline falls into its
 * tick or a whole number of turns later. Items are links of their slot's list themselves. Not
 * thread-safe.
 *
 * <p>An item never expires before its deadline, and at most one tick after the first {@link
 * #advance} that reaches it.
 */
final class DeadlineWheel<T extends DeadlineWheel.Item> {

  /** Something with a deadline; on at most one wheel. */
  abstract static class Item {
    private long tick;
    private @Nullable Item previous;
    private @Nullable Item next;
  }

  /** The head of a slot's list, a link like the others so that removal has no special case. */
  private static final class Head extends Item {}

  private final Item[] slots;
  private final long tickNanos;
  private final long originNanos;
  private long currentTick;
  private int size;

  /**
   * @param slotCount a power of two
   */
  DeadlineWheel(int slotCount, long tickNanos, long nowNanos) {
    if (Integer.bitCount(slotCount) != 1 || tickNanos < 1) {
      throw new IllegalArgumentException(slotCount + " slots of " + tickNanos + " ns");
    }
    this.slots = new Item[slotCount];
    for (int i = 0; i < slotCount; i++) {
      Item head = new Head();
      head.previous = head;
      head.next = head;
      slots[i] = head;
    }
    this.tickNanos = tickNanos;
    this.originNanos = nowNanos;
  }

  int size() {
    return size;
  }

  void add(T item, long deadlineNanos) {
    Item entry = item;
    if (entry.next != null) {
      throw new IllegalStateException("already on a wheel");
    }
    // Rounded up: early is wrong, late by a tick is not. A deadline already past expires at the
    // next tick.
    long tick = Math.ceilDiv(deadlineNanos - originNanos, tickNanos);
    entry.tick = Math.max(tick, currentTick + 1);
    Item head = slots[(int) (entry.tick & (slots.length - 1))];
    Item last = head.previous;
    entry.previous = last;
    entry.next = head;
    if (last != null) {
      last.next = entry;
    }
    head.previous = entry;
    size++;
  }

  /** Nothing happens when the item is on no wheel. */
  void remove(T item) {
    unlink(item);
  }

  private void unlink(Item item) {
    Item previous = item.previous;
    Item next = item.next;
    if (previous == null || next == null) {
      return;
    }
    previous.next = next;
    next.previous = previous;
    item.previous = null;
    item.next = null;
    size--;
  }

  /** Hands over, and removes, every item whose deadline has passed. */
  void advance(long nowNanos, Consumer<T> expired) {
    long nowTick = Math.floorDiv(nowNanos - originNanos, tickNanos);
    // After a long pause one turn visits every slot; more would visit them twice.
    long from = Math.max(currentTick + 1, nowTick - slots.length + 1);
    currentTick = Math.max(currentTick, nowTick);
    for (long tick = from; tick <= nowTick; tick++) {
      expire(slots[(int) (tick & (slots.length - 1))], nowTick, expired);
    }
  }

  @SuppressWarnings("unchecked") // Only items of type T are ever added; heads are skipped.
  private void expire(Item head, long nowTick, Consumer<T> expired) {
    Item item = head.next;
    while (item != null && item != head) {
      Item following = item.next;
      if (item.tick <= nowTick) {
        unlink(item);
        expired.accept((T) item);
      }
      item = following;
    }
  }
}
