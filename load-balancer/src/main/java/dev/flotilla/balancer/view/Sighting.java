package dev.flotilla.balancer.view;

import dev.flotilla.proto.admin.v1.NodeStatus;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a node.
 *
 * @param status its last answer; null before the first
 * @param answered whether it answered when it was last asked
 */
record Sighting(@Nullable NodeStatus status, boolean answered) {
  static final Sighting NEVER = new Sighting(null, false);

  /** It gave no answer this time; what it said before is kept, as old news. */
  Sighting silent() {
    return new Sighting(status, false);
  }
}
