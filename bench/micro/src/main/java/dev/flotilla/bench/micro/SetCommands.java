package dev.flotilla.bench.micro;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.flotilla.proto.kv.v1.Command;
import dev.flotilla.proto.kv.v1.Put;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A client's SETs as bytes, each with the next sequence number. Numbers are written into commands
 * that were encoded before: with five bytes in every one of them they stand at a fixed place. So
 * the machine that applies the commands is measured, and not who makes them.
 */
final class SetCommands {
  /** From here to 2^35 a number takes five bytes. */
  private static final long FIRST_SEQ = 1L << 28;

  /** As many of a client's commands may be unanswered: those after {@code acked_below}. */
  private static final int OUTSTANDING = 256;

  // Two fixed64 fields with their tags, then the tag.
  private static final int SEQ_AT = 19;
  private static final int VARINT_BYTES = 5;
  private static final int ACKED_BELOW_AT = SEQ_AT + VARINT_BYTES + 1;

  private final byte[][] commands;
  private final byte[][] batch;
  private final List<byte[]> view;
  private int next;
  private long seq = FIRST_SEQ + OUTSTANDING;

  /**
   * @param count how many different commands, a multiple of {@code batch}; after the last comes the
   *     first
   * @param keys they are about so many keys, drawn uniformly
   */
  SetCommands(int count, int batch, int keys, SplittableRandom random) {
    if (count % batch != 0) {
      throw new IllegalArgumentException(count + " commands are no batches of " + batch);
    }
    commands = new byte[count][];
    for (int i = 0; i < count; i++) {
      byte[] value = new byte[MicroBenchmark.VALUE_BYTES];
      random.nextBytes(value);
      commands[i] = encode(key(random.nextInt(keys)), value, seq);
    }
    this.batch = new byte[batch][];
    view = Collections.unmodifiableList(Arrays.asList(this.batch));
  }

  /** The key with a number: 16 bytes. */
  static byte[] key(int number) {
    return "key-%012d".formatted(number).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] encode(byte[] key, byte[] value, long seq) {
    return command(
            UnsafeByteOperations.unsafeWrap(key), UnsafeByteOperations.unsafeWrap(value), seq)
        .toByteArray();
  }

  static Command command(ByteString key, ByteString value, long seq) {
    return Command.newBuilder()
        .setClientIdHigh(0x0123456789abcdefL)
        .setClientIdLow(0x76543210fedcba98L)
        .setSeq(seq)
        .setAckedBelow(seq - OUTSTANDING)
        .setRingEpoch(1)
        .setPut(Put.newBuilder().setKey(key).setValue(value))
        .build();
  }

  /** The next commands; good until the next call. */
  List<byte[]> nextBatch() {
    for (int i = 0; i < batch.length; i++) {
      byte[] command = commands[next + i];
      seq++;
      putVarint(command, SEQ_AT, seq);
      putVarint(command, ACKED_BELOW_AT, seq - OUTSTANDING);
      batch[i] = command;
    }
    next = (next + batch.length) % commands.length;
    return view;
  }

  /** The last number given. */
  long seq() {
    return seq;
  }

  private static void putVarint(byte[] into, int at, long value) {
    long rest = value;
    for (int i = 0; i < VARINT_BYTES - 1; i++) {
      into[at + i] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    into[at + VARINT_BYTES - 1] = (byte) rest;
  }
}
