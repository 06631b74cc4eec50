package dev.flotilla.bench.stream;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import dev.flotilla.balancer.routing.CallerIdentity;
import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.Operation;
import dev.flotilla.bench.door.Outcome;
import dev.flotilla.proto.kv.v1.Command;
import dev.flotilla.proto.kv.v1.CommandResult;
import dev.flotilla.proto.kv.v1.Condition;
import dev.flotilla.proto.kv.v1.Delete;
import dev.flotilla.proto.kv.v1.Get;
import dev.flotilla.proto.kv.v1.Put;
import dev.flotilla.proto.kv.v1.Query;
import dev.flotilla.proto.kv.v1.QueryResult;
import dev.flotilla.proto.kv.v1.Status;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Operations as the state machine's bytes, and its answers judged. */
final class StreamCodec {

  private StreamCodec() {}

  static boolean isCommand(Operation operation) {
    return !(operation instanceof Operation.Get);
  }

  static ByteString encode(Operation operation, long epoch, @Nullable CallerIdentity identity) {
    return switch (operation) {
      case Operation.Set set ->
          command(epoch, identity)
              .setPut(Put.newBuilder().setKey(wrap(set.key())).setValue(wrap(set.value())))
              .build()
              .toByteString();
      case Operation.SetIf set ->
          command(epoch, identity)
              .setPut(
                  Put.newBuilder()
                      .setKey(wrap(set.key()))
                      .setValue(wrap(set.value()))
                      .setCondition(Condition.newBuilder().setRevisionIs(set.revision())))
              .build()
              .toByteString();
      case Operation.Delete delete ->
          command(epoch, identity)
              .setDelete(Delete.newBuilder().setKey(wrap(delete.key())))
              .build()
              .toByteString();
      case Operation.Get get ->
          Query.newBuilder()
              .setRingEpoch(epoch)
              .setGet(Get.newBuilder().setKey(wrap(get.key())))
              .build()
              .toByteString();
      case Operation.Scan _ ->
          throw new IllegalArgumentException("a scan goes over all groups; streams go to one");
    };
  }

  private static Command.Builder command(long epoch, @Nullable CallerIdentity identity) {
    if (identity == null) {
      throw new IllegalArgumentException("a command without an identity could not be retried");
    }
    return Command.newBuilder()
        .setClientIdHigh(identity.clientHigh())
        .setClientIdLow(identity.clientLow())
        .setSeq(identity.seq())
        .setAckedBelow(identity.ackedBelow())
        .setRingEpoch(epoch);
  }

  private static ByteString wrap(byte[] bytes) {
    return UnsafeByteOperations.unsafeWrap(bytes);
  }

  /**
   * How an operation ended that the state machine answered.
   *
   * @param revision of the key
   * @param failure null when it succeeded
   */
  record Judgement(long revision, @Nullable Failure failure) {}

  static Judgement judge(Operation operation, ByteString result) {
    try {
      return switch (operation) {
        case Operation.Get get -> judge(get, result);
        case Operation.Set _ -> judge(0, CommandResult.parseFrom(result));
        // A key that was absent has no revision.
        case Operation.Delete _ -> judge(-1, CommandResult.parseFrom(result));
        case Operation.SetIf set -> judge(set.revision(), CommandResult.parseFrom(result));
        case Operation.Scan _ -> throw new IllegalArgumentException("a scan was never sent");
      };
    } catch (IOException e) {
      return wrong("the answer cannot be read: " + e.getMessage());
    }
  }

  /**
   * @param before the revision that was replaced; 0 when that is not known, -1 when there may be
   *     none
   */
  private static Judgement judge(long before, CommandResult result) {
    return switch (result.getStatus()) {
      case STATUS_OK, STATUS_NOT_FOUND ->
          result.getRevision() > before
              ? new Judgement(result.getRevision(), null)
              : wrong("revision " + result.getRevision() + " after " + before);
      case STATUS_CONDITION_FAILED ->
          before > 0
              ? failed(Failure.conflict("the revision is " + result.getRevision()))
              : wrong("a condition that was never made");
      case STATUS_SESSION_EXPIRED ->
          failed(
              new Failure(
                  "SESSION_EXPIRED",
                  Outcome.UNKNOWN,
                  "the group no longer knows whether this command took effect"));
      default -> failed(refusal(result.getStatus(), result.getMessage(), result.getEpoch()));
    };
  }

  private static Judgement judge(Operation.Get get, ByteString bytes) throws IOException {
    CodedInputStream in = bytes.newCodedInput();
    // The value is looked at where it lies.
    in.enableAliasing(true);
    // Field by field: a message and its builder for each read were a tenth of a client's work.
    int status = 0;
    long revision = 0;
    ByteString value = ByteString.EMPTY;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case QueryResult.STATUS_FIELD_NUMBER -> status = in.readEnum();
        case QueryResult.VALUE_FIELD_NUMBER -> value = in.readBytes();
        case QueryResult.REVISION_FIELD_NUMBER -> revision = in.readUInt64();
        default -> in.skipField(tag);
      }
    }
    return switch (status) {
      case Status.STATUS_OK_VALUE ->
          isExpected(get, value) ? new Judgement(revision, null) : wrong(value.toStringUtf8());
      case Status.STATUS_NOT_FOUND_VALUE -> wrong("the key is absent");
      default -> {
        QueryResult result = QueryResult.parseFrom(bytes);
        yield failed(refusal(result.getStatus(), result.getMessage(), result.getEpoch()));
      }
    };
  }

  private static boolean isExpected(Operation.Get get, ByteString value) {
    byte[] prefix = get.expectedPrefix();
    if (value.size() < prefix.length
        || (get.expectedLength() >= 0 && value.size() != get.expectedLength())) {
      return false;
    }
    for (int i = 0; i < prefix.length; i++) {
      if (value.byteAt(i) != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  private static Failure refusal(Status status, String message, long epoch) {
    return status == Status.STATUS_WRONG_SHARD
        ? new Failure(
            "WRONG_SHARD",
            Outcome.NOT_APPLIED,
            "the group does not own the slot; its table has epoch "
                + epoch
                + " (groups of unequal weight are not known at this door)")
        : new Failure(status.name().replace("STATUS_", ""), Outcome.NOT_APPLIED, message);
  }

  private static Judgement failed(Failure failure) {
    return new Judgement(0, failure);
  }

  private static Judgement wrong(String sample) {
    return failed(new Failure("MISMATCH", Outcome.WRONG, sample));
  }
}
