package dev.flotilla.bench.door;

/** Receives the answers of a door, each operation's exactly once, on the thread that polls. */
public interface Answers {

  /**
   * The operation succeeded and its answer had the right shape and content.
   *
   * @param group the Raft group that answered; 0 when the door does not tell
   * @param revision of the key, as read or as written; 0 when the door does not tell
   */
  void succeeded(int lane, Operation operation, int group, long revision);

  void failed(int lane, Operation operation, Failure failure);
}
