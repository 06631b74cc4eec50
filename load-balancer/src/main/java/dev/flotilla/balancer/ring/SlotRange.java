package dev.flotilla.balancer.ring;

/** Half-open range of slots: {@code [from, to)}. */
public record SlotRange(int from, int to) {
  public int size() {
    return to - from;
  }
}
