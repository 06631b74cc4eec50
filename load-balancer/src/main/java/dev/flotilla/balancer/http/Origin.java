package dev.flotilla.balancer.http;

/**
 * Where an answer comes from, as its headers say.
 *
 * @param group the group's name, {@code none} when no group was asked
 * @param revision of the key, 0 when absent or not known
 */
record Origin(String group, long term, long revision) {
  static final String NO_GROUP = "none";
  static final Origin NONE = new Origin(NO_GROUP, 0, 0);
}
