package dev.flotilla.bench.micro;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import dev.flotilla.proto.raft.v1.MessageBatch;
import dev.flotilla.proto.raft.v1.RaftMessage;
import dev.flotilla.raft.core.Message;
import dev.flotilla.raft.runtime.CommandFrame;
import dev.flotilla.raft.wire.MessageCodec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** 64 commands on their way from a leader to a follower, and the follower's answer. */
public class PeerCodecBenchmark extends MicroBenchmark {

  /**
   * The 64 commands share one entry, as those of one pass do, or have one each, as when a follower
   * catches up with a quiet time.
   */
  @Param({"1", "64"})
  int entries;

  private final byte[] out = new byte[4 * BATCH * VALUE_BYTES];
  private Message.AppendRequest append;
  private byte[] appendBytes;

  @Setup
  public void prepare() throws IOException {
    List<ByteString> commands = new ArrayList<>();
    for (byte[] command :
        new SetCommands(BATCH, BATCH, 1_000, new SplittableRandom(7)).nextBatch()) {
      commands.add(UnsafeByteOperations.unsafeWrap(command));
    }
    byte[] payload = CommandFrame.encode(commands.subList(0, BATCH / entries));
    append =
        new Message.AppendRequest(
            1,
            2,
            Replicas.TERM,
            1_000_000,
            Replicas.TERM,
            999_999,
            Replicas.entriesAfter(1_000_000, entries, payload));
    appendBytes = Arrays.copyOf(out, appendEncode());
  }

  /** From the core's message to bytes in an array that is there already. */
  @Benchmark
  public int appendEncode() throws IOException {
    return encode(append);
  }

  /** From bytes to the core's message: gRPC's parsing, then ours. */
  @Benchmark
  public Optional<Message> appendDecode() throws IOException {
    RaftMessage message = MessageBatch.parseFrom(appendBytes).getMessages(0);
    return MessageCodec.decode(1, 2, message);
  }

  private int encode(Message message) throws IOException {
    MessageBatch batch =
        MessageBatch.newBuilder()
            .addMessages(MessageCodec.encode(Replicas.GROUP, message, Replicas.incarnation(1)))
            .build();
    CodedOutputStream to = CodedOutputStream.newInstance(out);
    batch.writeTo(to);
    return to.getTotalBytesWritten();
  }
}
