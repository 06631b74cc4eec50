package dev.flotilla.balancer.routing;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import dev.flotilla.proto.client.v1.ReadConsistency;
import dev.flotilla.proto.client.v1.Reply;
import dev.flotilla.proto.kv.v1.Command;
import dev.flotilla.proto.kv.v1.CommandResult;
import dev.flotilla.proto.kv.v1.Condition;
import dev.flotilla.proto.kv.v1.Delete;
import dev.flotilla.proto.kv.v1.Get;
import dev.flotilla.proto.kv.v1.KeyInfo;
import dev.flotilla.proto.kv.v1.List;
import dev.flotilla.proto.kv.v1.Put;
import dev.flotilla.proto.kv.v1.Query;
import dev.flotilla.proto.kv.v1.QueryResult;
import dev.flotilla.proto.kv.v1.Tick;
import java.io.IOException;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** Requests and answers to and from the state machine's bytes. */
final class KvCodec {
  private KvCodec() {}

  /**
   * What a state machine answered: an answer for the caller, or that the group does not own the
   * slot.
   */
  sealed interface Decoded {
    record Final(KvAnswer answer) implements Decoded {}

    record WrongShard(long epoch) implements Decoded {}
  }

  /**
   * @param identity null for queries only
   */
  static ByteString encode(KvRequest request, long ringEpoch, @Nullable CallerIdentity identity) {
    return switch (request) {
      case KvRequest.Put put ->
          command(ringEpoch, identity)
              .setPut(
                  Put.newBuilder()
                      .setKey(wrap(put.key()))
                      .setValue(wrap(put.value()))
                      .setCondition(condition(put.precondition()))
                      .setTtlMillis(put.ttlMillis()))
              .build()
              .toByteString();
      case KvRequest.Delete delete ->
          command(ringEpoch, identity)
              .setDelete(
                  Delete.newBuilder()
                      .setKey(wrap(delete.key()))
                      .setCondition(condition(delete.precondition())))
              .build()
              .toByteString();
      case KvRequest.Touch touch ->
          command(ringEpoch, identity).setTick(Tick.getDefaultInstance()).build().toByteString();
      case KvRequest.Get get ->
          Query.newBuilder()
              .setRingEpoch(ringEpoch)
              .setGet(Get.newBuilder().setKey(wrap(get.key())).setOmitValue(get.omitValue()))
              .build()
              .toByteString();
      case KvRequest.Scan scan ->
          Query.newBuilder()
              .setRingEpoch(ringEpoch)
              .setList(
                  List.newBuilder()
                      .setPrefix(wrap(scan.prefix()))
                      .setLimit(scan.limit())
                      .setAfter(scan.from().after())
                      .setAfterSlot(scan.from().slot())
                      .setAfterKey(wrap(scan.from().key())))
              .build()
              .toByteString();
    };
  }

  private static Command.Builder command(long ringEpoch, @Nullable CallerIdentity identity) {
    if (identity == null) {
      throw new IllegalArgumentException("a command without an identity could not be retried");
    }
    return Command.newBuilder()
        .setClientIdHigh(identity.clientHigh())
        .setClientIdLow(identity.clientLow())
        .setSeq(identity.seq())
        .setAckedBelow(identity.ackedBelow())
        .setRingEpoch(ringEpoch);
  }

  private static ByteString wrap(byte[] bytes) {
    return UnsafeByteOperations.unsafeWrap(bytes);
  }

  private static Condition condition(Precondition precondition) {
    return switch (precondition) {
      case Precondition.None none -> Condition.getDefaultInstance();
      case Precondition.RevisionIs is ->
          Condition.newBuilder().setRevisionIs(is.revision()).build();
      case Precondition.Absent absent -> Condition.newBuilder().setAbsent(true).build();
      case Precondition.Present present -> Condition.newBuilder().setPresent(true).build();
    };
  }

  static ReadConsistency consistency(KvRequest request) {
    return request instanceof KvRequest.Get get
        ? switch (get.consistency()) {
          case LINEARIZABLE -> ReadConsistency.READ_CONSISTENCY_LINEARIZABLE;
          case LEASE -> ReadConsistency.READ_CONSISTENCY_LEASE;
          case STALE -> ReadConsistency.READ_CONSISTENCY_STALE;
        }
        : ReadConsistency.READ_CONSISTENCY_LINEARIZABLE;
  }

  /** Reads a reply whose outcome is APPLIED. */
  static Decoded decode(KvRequest request, int group, Reply reply) {
    try {
      return request.command()
          ? decodeCommand(group, reply.getTerm(), CommandResult.parseFrom(reply.getResult()))
          : decodeQuery(request, group, reply.getTerm(), query(reply.getResult()));
    } catch (IOException e) {
      // It was applied, but how it went is lost on us.
      return failed(
          group,
          reply.getTerm(),
          FailureCode.INTERNAL,
          request.command() ? Outcome.UNKNOWN : Outcome.NOT_APPLIED,
          "the group's answer could not be read");
    }
  }

  /** Parses without copying the value out of the reply. */
  private static QueryResult query(ByteString bytes) throws IOException {
    CodedInputStream in = bytes.newCodedInput();
    in.enableAliasing(true);
    QueryResult result = QueryResult.parseFrom(in);
    if (!in.isAtEnd()) {
      throw new InvalidProtocolBufferException("bytes after the end of the result");
    }
    return result;
  }

  private static Decoded decodeCommand(int group, long term, CommandResult result) {
    return switch (result.getStatus()) {
      case STATUS_OK ->
          new Decoded.Final(
              new KvAnswer.Written(group, term, result.getRevision(), result.getExisted()));
      // A delete may call an absent key by this name; either way nothing was there.
      case STATUS_NOT_FOUND ->
          new Decoded.Final(new KvAnswer.Written(group, term, result.getRevision(), false));
      case STATUS_CONDITION_FAILED ->
          new Decoded.Final(new KvAnswer.ConditionFailed(group, term, result.getRevision()));
      case STATUS_WRONG_SHARD -> new Decoded.WrongShard(result.getEpoch());
      case STATUS_SESSION_EXPIRED ->
          failed(
              group,
              term,
              FailureCode.SESSION_EXPIRED,
              Outcome.UNKNOWN,
              "the group no longer knows whether this client's command with this number took effect");
      case STATUS_INVALID -> invalid(group, term, result.getMessage());
      default ->
          failed(
              group,
              term,
              FailureCode.INTERNAL,
              Outcome.UNKNOWN,
              "the group's answer is of no known kind");
    };
  }

  private static Decoded decodeQuery(KvRequest request, int group, long term, QueryResult result) {
    return switch (result.getStatus()) {
      case STATUS_OK ->
          new Decoded.Final(
              request instanceof KvRequest.Scan scan
                  ? keys(scan, group, term, result)
                  : new KvAnswer.Found(
                      group,
                      term,
                      result.getRevision(),
                      result.getValue(),
                      result.getExpiresAtMillis(),
                      result.getClockMillis()));
      case STATUS_NOT_FOUND -> new Decoded.Final(new KvAnswer.Absent(group, term));
      case STATUS_WRONG_SHARD -> new Decoded.WrongShard(result.getEpoch());
      case STATUS_INVALID -> invalid(group, term, result.getMessage());
      default ->
          failed(
              group,
              term,
              FailureCode.INTERNAL,
              Outcome.NOT_APPLIED,
              "the group's answer is of no known kind");
    };
  }

  private static KvAnswer keys(KvRequest.Scan scan, int group, long term, QueryResult result) {
    java.util.List<KvAnswer.Key> keys = new ArrayList<>(result.getKeysCount());
    for (KeyInfo key : result.getKeysList()) {
      keys.add(
          new KvAnswer.Key(
              key.getKey(), key.getRevision(), key.getSizeBytes(), key.getExpiresAtMillis()));
    }
    ScanPosition next =
        result.getMore()
            ? new ScanPosition(
                scan.from().group(), true, result.getNextSlot(), result.getNextKey().toByteArray())
            : scan.from();
    return new KvAnswer.Keys(group, term, keys, result.getMore(), next);
  }

  private static Decoded invalid(int group, long term, String message) {
    return failed(
        group,
        term,
        FailureCode.BAD_REQUEST,
        Outcome.NOT_APPLIED,
        message.isEmpty() ? "the group refused the request as invalid" : message);
  }

  private static Decoded failed(
      int group, long term, FailureCode code, Outcome outcome, String message) {
    return new Decoded.Final(new KvAnswer.Failed(group, term, code, outcome, message));
  }
}
