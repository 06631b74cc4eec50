package dev.flotilla.kv;

import dev.flotilla.kv.engine.InMemoryEngine;
import dev.flotilla.kv.engine.KvEngine;
import dev.flotilla.proto.kv.v1.Command;
import dev.flotilla.proto.kv.v1.CommandResult;
import dev.flotilla.proto.kv.v1.Query;
import dev.flotilla.proto.kv.v1.QueryResult;
import dev.flotilla.raft.env.SimulatedDisk;
import dev.flotilla.raft.fsm.CommittedEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.Assertions;

/**
 * A state machine with a log in front of it: the entries it is given get the next index and the
 * time shown here.
 */
final class Replica implements AutoCloseable {
  static final SlotRange ALL_SLOTS = new SlotRange(0, 16_384);

  final KvStateMachine machine;
  long nowMillis = 1_000_000;
  private long term = 1;

  Replica(KvEngine engine, KvOptions options) {
    machine = new KvStateMachine(engine, options);
  }

  /** A replica that owns every slot. */
  static Replica owningAll() {
    return owningAll(KvSettings.DEFAULT);
  }

  static Replica owningAll(KvSettings settings) {
    Replica replica =
        new Replica(
            new InMemoryEngine(new SimulatedDisk(), "state"),
            new KvOptions(1, List.of(ALL_SLOTS), settings));
    replica.applyBytes(replica.machine.wake().orElseThrow().command());
    return replica;
  }

  /** Applies commands that share one entry. */
  List<CommandResult> applyEntry(Command... commands) {
    List<byte[]> bytes = Arrays.stream(commands).map(Command::toByteArray).toList();
    return applyBytes(bytes.toArray(byte[][]::new));
  }

  CommandResult apply(Command command) {
    return applyEntry(command).getFirst();
  }

  List<CommandResult> applyBytes(byte[]... commands) {
    List<CommandResult> results = new ArrayList<>();
    for (byte[] result : machine.apply(List.of(nextEntry(List.of(commands)))).getFirst()) {
      results.add(parseResult(result));
    }
    Assertions.assertThat(machine.audit()).isEqualTo(expectedAudit());
    return results;
  }

  void waitMillis(long millis) {
    nowMillis += millis;
  }

  /** Lets time pass in the log as well. */
  void tickAfter(long millis) {
    waitMillis(millis);
    apply(Commands.tick());
  }

  void newTerm() {
    term++;
  }

  QueryResult query(Query query) {
    return queryBytes(query.toByteArray());
  }

  QueryResult queryBytes(byte[] query) {
    try {
      return QueryResult.parseFrom(machine.query(query));
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  QueryResult get(String key) {
    return query(Commands.get(key));
  }

  String value(String key) {
    return get(key).getValue().toStringUtf8();
  }

  @Override
  public void close() {
    machine.close();
  }

  static CommandResult parseResult(byte[] bytes) {
    try {
      return CommandResult.parseFrom(bytes);
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  private CommittedEntry nextEntry(List<byte[]> commands) {
    return new CommittedEntry(machine.applied().index() + 1, term, nowMillis, commands);
  }

  /** What is kept up step by step must be what a look at everything finds. */
  private StateAudit expectedAudit() {
    StateAudit audit = machine.audit();
    KvStats stats = machine.stats();
    return new StateAudit(
        machine.stateHash(),
        stats.keys(),
        stats.keyBytes(),
        audit.expiryExpected(),
        audit.expiryExpected());
  }
}
