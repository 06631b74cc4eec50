package dev.flotilla.bench.micro;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.proto.client.v1.ReplyBatch;
import dev.flotilla.proto.client.v1.Request;
import dev.flotilla.proto.client.v1.RequestBatch;
import dev.flotilla.proto.kv.v1.Command;
import dev.flotilla.raft.runtime.CommandFrame;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;

/** A client's way in and out: its requests, the commands in them, the entry they share, replies. */
public class ClientCodecBenchmark extends MicroBenchmark {
  private static final int RESULT_BYTES = 8;

  private final ByteString key = ByteString.copyFrom(SetCommands.key(4711));
  private final ByteString value = ByteString.copyFrom(new byte[VALUE_BYTES]);
  private final ByteString result = ByteString.copyFrom(new byte[RESULT_BYTES]);
  private final List<ByteString> commands = new ArrayList<>();
  private final byte[] command;
  private final byte[] requests;
  private final byte[] frame;
  private final byte[] replies = new byte[BATCH * VALUE_BYTES];
  private long seq = 1L << 28;

  public ClientCodecBenchmark() {
    RequestBatch.Builder batch = RequestBatch.newBuilder();
    long id = 0;
    for (byte[] bytes : new SetCommands(BATCH, BATCH, 1_000, new SplittableRandom(7)).nextBatch()) {
      ByteString wrapped = UnsafeByteOperations.unsafeWrap(bytes);
      commands.add(wrapped);
      batch.addRequests(
          Request.newBuilder()
              .setId(++id)
              .setGroup(Replicas.GROUP)
              .setCommand(wrapped)
              .setTimeoutMillis(5_000));
    }
    command = commands.getFirst().toByteArray();
    requests = batch.build().toByteArray();
    frame = CommandFrame.encode(commands);
  }

  /** One command, at the client. */
  @Benchmark
  public ByteString commandEncode() {
    return SetCommands.command(key, value, ++seq).toByteString();
  }

  /** One command, as the state machine reads it: key and value stay where they are. */
  @Benchmark
  public Command commandDecode() throws IOException {
    CodedInputStream input = UnsafeByteOperations.unsafeWrap(command).newCodedInput();
    input.enableAliasing(true);
    return Command.parseFrom(input);
  }

  /** A message of 64 requests, as gRPC has it parsed: from an array, commands copied out of it. */
  @Benchmark
  public RequestBatch requestsDecode() throws IOException {
    return RequestBatch.parseFrom(requests);
  }

  /** 64 commands into the payload of the entry they share. */
  @Benchmark
  public byte[] frameEncode() {
    return CommandFrame.encode(commands);
  }

  /** And out of it. */
  @Benchmark
  public List<byte[]> frameDecode() {
    return CommandFrame.decode(frame);
  }

  /** A message of 64 replies, made and written to an array that is there already. */
  @Benchmark
  public int repliesEncode() throws IOException {
    ReplyBatch.Builder batch = ReplyBatch.newBuilder();
    for (int i = 0; i < BATCH; i++) {
      batch.addReplies(
          Reply.newBuilder()
              .setId(++seq)
              .setOutcome(Outcome.OUTCOME_APPLIED)
              .setResult(result)
              .setTerm(Replicas.TERM)
              .setIndex(seq));
    }
    CodedOutputStream out = CodedOutputStream.newInstance(replies);
    batch.build().writeTo(out);
    return out.getTotalBytesWritten();
  }
}
