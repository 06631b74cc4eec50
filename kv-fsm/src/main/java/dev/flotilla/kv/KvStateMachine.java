package dev.flotilla.kv;

import dev.flotilla.kv.engine.KvEngine;
import dev.flotilla.proto.kv.v1.AssignSlots;
import dev.flotilla.proto.kv.v1.Command;
import dev.flotilla.proto.kv.v1.Tick;
import dev.flotilla.raft.fsm.AppliedPosition;
import dev.flotilla.raft.fsm.CommittedEntry;
import dev.flotilla.raft.fsm.NoRoomException;
import dev.flotilla.raft.fsm.StateMachine;
import dev.flotilla.raft.fsm.Wake;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The key-value state machine of one group. Takes and gives {@code Command}, {@code CommandResult},
 * {@code Query} and {@code QueryResult} of kv.proto as bytes.
 *
 * <p>Nothing may depend on how entries are cut into batches, which differs between replicas: what
 * has to happen from time to time (sweeping) happens per entry.
 */
public final class KvStateMachine implements StateMachine {
  /** Keys of the engine whose first two bytes are at least this number are often scanned. */
  public static final int SCANNED_PREFIX = Keys.EXPIRY;

  /** Index entries looked at per log entry: bounds the work an entry can cause. */
  private static final int SWEEP_LIMIT = 256;

  /** Expiry wakes an idle group at most this often; a key read in between may still be there. */
  private static final long WAKE_STEP_MILLIS = 100;

  private static final byte[] TICK =
      Command.newBuilder().setTick(Tick.getDefaultInstance()).build().toByteArray();

  private final KvEngine engine;
  private final KvOptions options;
  private final ReplicatedState state;
  private final ExpiryIndex expiry;
  private final SessionTable sessions;
  private final KeySpace keySpace;
  private final CommandExecutor commands;
  private final QueryExecutor queries;
  private volatile KvStats stats;

  /** What a restart would come back with, at least. */
  private volatile AppliedPosition durable;

  private boolean failed;

  /**
   * Opens the state as the engine holds it. The engine is this object's from now on and closed with
   * it.
   */
  public KvStateMachine(KvEngine engine, KvOptions options) {
    this.engine = engine;
    this.options = options;
    try {
      state = new ReplicatedState(engine);
      expiry = new ExpiryIndex(state.staged());
    } catch (RuntimeException e) {
      // Nobody else will, and the folder must be free for whoever opens it next.
      engine.close();
      throw e;
    }
    sessions = new SessionTable(state, expiry);
    keySpace = new KeySpace(state, expiry);
    commands = new CommandExecutor(state, sessions, keySpace);
    queries = new QueryExecutor(engine, state);
    stats = state.stats();
    durable = state.applied();
  }

  @Override
  public AppliedPosition applied() {
    return state.applied();
  }

  @Override
  public List<List<byte[]>> apply(List<CommittedEntry> entries) {
    checkUsable();
    if (entries.isEmpty()) {
      return List.of();
    }
    failed = true; // until it went well: half of a batch may be staged
    List<List<byte[]>> results = new ArrayList<>(entries.size());
    AppliedPosition position = state.applied();
    for (CommittedEntry entry : entries) {
      if (entry.index() != position.index() + 1 || entry.term() < position.term()) {
        throw new IllegalArgumentException(
            "entry " + entry.index() + "/" + entry.term() + " does not follow " + position);
      }
      results.add(applyEntry(entry));
      position = new AppliedPosition(entry.index(), entry.term());
    }
    try {
      state.commit(position);
    } catch (NoRoomException e) {
      // Nothing has reached the engine, so what it holds is where these entries are begun again.
      state.withdraw();
      expiry.load();
      failed = false;
      throw e;
    }
    stats = state.stats();
    failed = false;
    return results;
  }

  @Override
  public byte[] query(byte[] query) {
    checkUsable();
    return queries.execute(query).toByteArray();
  }

  @Override
  public AppliedPosition flush() {
    checkUsable();
    engine.flush();
    durable = state.applied();
    return durable;
  }

  @Override
  public AppliedPosition flushBehind() {
    checkUsable();
    AppliedPosition position = state.applied();
    engine.flushBehind(() -> durable = position);
    return durable;
  }

  @Override
  public AppliedPosition checkpoint(String directory) {
    checkUsable();
    engine.checkpoint(directory);
    return state.applied();
  }

  @Override
  public void install(String directory) {
    checkUsable();
    failed = true;
    try {
      engine.install(directory);
    } catch (NoRoomException e) {
      failed = false;
      throw e;
    }
    state.load();
    expiry.load();
    stats = state.stats();
    durable = state.applied();
    failed = false;
  }

  @Override
  public long clockMillis() {
    return state.clockMillis();
  }

  @Override
  public long stateHash() {
    return state.stateHash();
  }

  /** The state hash and counts again, by reading everything. Slow. */
  public StateAudit audit() {
    checkUsable();
    return StateAudit.of(engine, state);
  }

  @Override
  public Optional<Wake> wake() {
    checkUsable();
    if (state.slotTable().epoch() == 0 && options.genesisEpoch() != 0) {
      return Optional.of(new Wake(0, genesis()));
    }
    OptionalLong earliestMillis = expiry.earliestMillis();
    if (earliestMillis.isEmpty()) {
      return Optional.empty();
    }
    long atMillis = earliestMillis.getAsLong();
    if (atMillis <= state.clockMillis()) {
      return Optional.of(new Wake(0, TICK)); // an entry swept its share and left some
    }
    long rounded = (atMillis + WAKE_STEP_MILLIS - 1) / WAKE_STEP_MILLIS * WAKE_STEP_MILLIS;
    return Optional.of(new Wake(rounded, TICK));
  }

  /** Figures as of the last apply; from any thread. */
  public KvStats stats() {
    return stats;
  }

  @Override
  public void close() {
    engine.close();
  }

  private List<byte[]> applyEntry(CommittedEntry entry) {
    state.advanceClock(entry.stampMillis());
    sweep();
    List<byte[]> results = new ArrayList<>(entry.commands().size());
    for (byte[] command : entry.commands()) {
      results.add(commands.execute(command).toProto().toByteArray());
    }
    return results;
  }

  private void sweep() {
    for (ExpiryIndex.Due due : expiry.due(state.clockMillis(), SWEEP_LIMIT)) {
      switch (Keys.typeOf(due.recordKey())) {
        case Keys.TYPE_SESSION -> sessions.sweep(due);
        case Keys.TYPE_DATA -> keySpace.sweep(due);
        default -> throw new IllegalStateException("the expiry index names an unknown record");
      }
    }
  }

  private byte[] genesis() {
    AssignSlots.Builder assign =
        AssignSlots.newBuilder()
            .setEpoch(options.genesisEpoch())
            .setSettings(options.settings().toProto());
    for (SlotRange range : options.genesisSlots()) {
      assign.addRanges(
          dev.flotilla.proto.kv.v1.SlotRange.newBuilder().setFrom(range.from()).setTo(range.to()));
    }
    return Command.newBuilder().setAssignSlots(assign).build().toByteArray();
  }

  /**
   * After a fault in the middle the state in memory is neither here nor there; nothing may be read
   * from it (H30).
   */
  private void checkUsable() {
    if (failed) {
      throw new IllegalStateException("the state machine failed at " + state.applied());
    }
  }
}
