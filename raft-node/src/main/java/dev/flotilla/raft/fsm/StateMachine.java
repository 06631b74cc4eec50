package dev.flotilla.raft.fsm;

import java.util.List;
import java.util.Optional;

/**
 * A deterministic function of the log: two replicas that applied the same entries have the same
 * {@link #stateHash()}, whatever their clocks, engines and restarts.
 *
 * <p>Anything a command may do wrong is a value in its result. An exception from any method is a
 * fault of the replica, which stops (H30); a {@link StateStorageException} is one of the node's
 * disk, and ends the process. When that says that the state is damaged, the next start takes it for
 * lost: it is set aside, and the state machine opened in an empty folder. A {@link NoRoomException}
 * is neither: the call is made again later.
 */
public interface StateMachine extends AutoCloseable {

  /** The position of the state as it stands; after a restart, what the durable state covers. */
  AppliedPosition applied();

  /**
   * Applies entries that follow {@link #applied()} without a gap. All effects of one call, the
   * applied position included, become visible and later durable together (H36).
   *
   * @return for each entry its commands' results, in order
   * @throws NoRoomException nothing of the entries was applied
   */
  List<List<byte[]>> apply(List<CommittedEntry> entries);

  /** Answers a query from the state as it stands. Malformed queries get an answer that says so. */
  byte[] query(byte[] query);

  /** Makes the state durable and returns the position a restart would come back with. */
  AppliedPosition flush();

  /**
   * Has the state made durable without waiting for it.
   *
   * @return the position a restart would come back with as of now, thanks to earlier calls; it is
   *     never less than before
   */
  default AppliedPosition flushBehind() {
    return flush();
  }

  /**
   * Writes the state as durable files into {@code directory}, a new empty folder given as a path on
   * the node's disk, and returns its position.
   */
  AppliedPosition checkpoint(String directory);

  /**
   * Replaces the whole state by a checkpoint; durable on return. The files stay. May be called
   * again with the same checkpoint after a crash in the middle.
   *
   * @throws NoRoomException the state is still the old one
   */
  void install(String directory);

  /**
   * The state's own time: the newest stamp of an applied entry, milliseconds since 1970; 0 before
   * the first.
   */
  long clockMillis();

  /** A hash of the whole replicated state, sessions included. */
  long stateHash();

  /** The entry this state machine waits for, if any. */
  Optional<Wake> wake();

  @Override
  void close();
}
