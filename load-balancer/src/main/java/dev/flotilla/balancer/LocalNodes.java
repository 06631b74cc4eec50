package dev.flotilla.balancer;

import java.util.Locale;
import java.util.Optional;

/**
 * The node processes of a cluster on this machine, to be hurt on purpose. A balancer has them only
 * when somebody started it with leave to.
 */
public interface LocalNodes {

  /** What can be done to a process. */
  enum Action {
    /** As {@code kill -9}. */
    KILL,
    /** As {@code kill -STOP}: it is there, and does nothing. */
    PAUSE,
    RESUME,
    /** Starts one again; one that still runs is ended first, in order. */
    RESTART,
    /** Lets nothing pass between it and the other nodes. */
    PARTITION,
    HEAL;

    /** As in {@code kill}; empty for anything else. */
    public static Optional<Action> parse(String text) {
      for (Action action : values()) {
        if (action.text().equals(text)) {
          return Optional.of(action);
        }
      }
      return Optional.empty();
    }

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** It makes no sense for the node as it is; one plain sentence. */
  final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    public RefusedException(String message) {
      super(message, null, false, false);
    }
  }

  /**
   * Does it.
   *
   * @return what was done, in one plain sentence
   */
  String act(Action action, String node) throws RefusedException;
}
