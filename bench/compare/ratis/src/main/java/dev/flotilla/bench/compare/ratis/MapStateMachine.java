package dev.flotilla.bench.compare.ratis;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/**
 * A map in memory: the least a state machine can cost. A command is the key's length in one byte,
 * the key and the value; a query is the key, and its answer the value.
 */
final class MapStateMachine extends BaseStateMachine {

  private final Map<ByteString, ByteString> values = new ConcurrentHashMap<>();

  /** A command to set a key of at most 127 bytes. */
  static Message set(byte[] key, byte[] value) {
    byte[] command = new byte[1 + key.length + value.length];
    command[0] = (byte) key.length;
    System.arraycopy(key, 0, command, 1, key.length);
    System.arraycopy(value, 0, command, 1 + key.length, value.length);
    return Message.valueOf(ByteString.copyFrom(command));
  }

  static Message get(byte[] key) {
    return Message.valueOf(ByteString.copyFrom(key));
  }

  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
    LogEntryProto entry = transaction.getLogEntry();
    ByteString command = entry.getStateMachineLogEntry().getLogData();
    int end = 1 + command.byteAt(0);
    values.put(copy(command, 1, end), copy(command, end, command.size()));
    updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
    return CompletableFuture.completedFuture(Message.EMPTY);
  }

  @Override
  public CompletableFuture<Message> query(Message request) {
    ByteString value = values.get(request.getContent());
    return CompletableFuture.completedFuture(
        value == null ? Message.EMPTY : Message.valueOf(value));
  }

  /** A part alone, so that the map does not hold on to the buffers entries came in. */
  private static ByteString copy(ByteString bytes, int from, int to) {
    return ByteString.copyFrom(bytes.substring(from, to).toByteArray());
  }
}
