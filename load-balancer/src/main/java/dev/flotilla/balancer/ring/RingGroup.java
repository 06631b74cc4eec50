package dev.flotilla.balancer.ring;

/**
 * A group as the ring sees it.
 *
 * @param id the group's number, from 1
 * @param name what is hashed, so a group keeps its place on the ring for as long as it keeps its
 *     name
 * @param weight how many times 256 virtual nodes it gets, 1..100
 */
public record RingGroup(int id, String name, int weight) {
  public static final int MAX_WEIGHT = 100;

  public RingGroup {
    if (id < 1) {
      throw new IllegalArgumentException("group id must be 1 or more: " + id);
    }
    if (name.isEmpty()) {
      throw new IllegalArgumentException("group " + id + " has an empty name");
    }
    if (weight < 1 || weight > MAX_WEIGHT) {
      throw new IllegalArgumentException(
          "weight of group " + name + " must be 1.." + MAX_WEIGHT + ": " + weight);
    }
  }
}
