package dev.flotilla.raft.wire;

import com.google.protobuf.UnsafeByteOperations;
import dev.flotilla.proto.raft.v1.RaftMessage;
import dev.flotilla.raft.core.Entry;
import dev.flotilla.raft.core.EntryKind;
import dev.flotilla.raft.core.Member;
import dev.flotilla.raft.core.Membership;
import dev.flotilla.raft.core.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Between the core's messages and the wire. Payloads are wrapped, not copied, on the way out. */
public final class MessageCodec {
  private MessageCodec() {}

  /** Of a replica that does not say which one it is. */
  public static RaftMessage encode(int group, Message message) {
    return encode(group, message, 0);
  }

  /**
   * @param incarnation of the sending replica (H50)
   */
  public static RaftMessage encode(int group, Message message, long incarnation) {
    RaftMessage.Builder wire =
        RaftMessage.newBuilder()
            .setGroup(group)
            .setIncarnation(incarnation)
            .setFrom(message.from())
            .setTo(message.to())
            .setTerm(message.term());
    switch (message) {
      case Message.PreVoteRequest m ->
          wire.getPreVoteRequestBuilder()
              .setLastLogIndex(m.lastLogIndex())
              .setLastLogTerm(m.lastLogTerm());
      case Message.PreVoteReply m ->
          wire.getPreVoteReplyBuilder().setGranted(m.granted()).setRemovedAt(m.removedAt());
      case Message.VoteRequest m ->
          wire.getVoteRequestBuilder()
              .setLastLogIndex(m.lastLogIndex())
              .setLastLogTerm(m.lastLogTerm())
              .setLeadershipTransfer(m.leadershipTransfer());
      case Message.VoteReply m -> wire.getVoteReplyBuilder().setGranted(m.granted());
      case Message.AppendRequest m -> encodeAppend(m, wire);
      case Message.AppendReply m ->
          wire.getAppendReplyBuilder()
              .setSuccess(m.success())
              .setMatchIndex(m.matchIndex())
              .setRejectedPrevIndex(m.rejectedPrevIndex())
              .setHintIndex(m.hintIndex())
              .setHintTerm(m.hintTerm());
      case Message.Heartbeat m ->
          wire.getHeartbeatBuilder()
              .setRound(m.round())
              .setCommitIndex(m.commitIndex())
              .setToIncarnation(m.toIncarnation());
      case Message.HeartbeatReply m -> wire.getHeartbeatReplyBuilder().setRound(m.round());
      case Message.TimeoutNow m -> wire.getTimeoutNowBuilder().setLastIndex(m.lastIndex());
    }
    return wire.build();
  }

  private static void encodeAppend(Message.AppendRequest m, RaftMessage.Builder wire) {
    dev.flotilla.proto.raft.v1.AppendRequest.Builder append =
        dev.flotilla.proto.raft.v1.AppendRequest.newBuilder()
            .setPrevIndex(m.prevIndex())
            .setPrevTerm(m.prevTerm())
            .setCommitIndex(m.commitIndex());
    for (Entry entry : m.entries()) {
      append.addEntries(
          dev.flotilla.proto.raft.v1.Entry.newBuilder()
              .setIndex(entry.index())
              .setTerm(entry.term())
              .setKind(encode(entry.kind()))
              .setStampMillis(entry.stampMillis())
              // Safe: an entry's payload is never changed by anyone.
              .setPayload(UnsafeByteOperations.unsafeWrap(entry.payload())));
    }
    wire.setAppendRequest(append);
  }

  private static dev.flotilla.proto.raft.v1.EntryKind encode(EntryKind kind) {
    return switch (kind) {
      case COMMAND -> dev.flotilla.proto.raft.v1.EntryKind.ENTRY_KIND_COMMAND;
      case NOOP -> dev.flotilla.proto.raft.v1.EntryKind.ENTRY_KIND_NOOP;
      case MEMBERSHIP -> dev.flotilla.proto.raft.v1.EntryKind.ENTRY_KIND_MEMBERSHIP;
    };
  }

  /**
   * Like {@link #decode(RaftMessage)}, and empty too when the message claims another sender or
   * receiver than the stream it came on: a vote counts for the node that was greeted, not for the
   * one it names.
   */
  public static Optional<Message> decode(int from, int to, RaftMessage message) {
    return message.getFrom() == from && message.getTo() == to ? decode(message) : Optional.empty();
  }

  /**
   * Empty when the body is unknown or malformed: the message is dropped and counted, as if lost.
   */
  public static Optional<Message> decode(RaftMessage message) {
    int from = message.getFrom();
    int to = message.getTo();
    long term = message.getTerm();
    // Unsigned on the wire; nothing legal ever reaches the sign bit.
    if (message.getGroup() < 1 || from < 1 || to < 1 || from == to || term < 0) {
      return Optional.empty();
    }
    return Optional.ofNullable(
        switch (message.getBodyCase()) {
          case PRE_VOTE_REQUEST -> decodePreVote(from, to, term, message);
          case PRE_VOTE_REPLY -> decodePreVoteReply(from, to, term, message);
          case VOTE_REQUEST -> decodeVote(from, to, term, message);
          case VOTE_REPLY ->
              new Message.VoteReply(from, to, term, message.getVoteReply().getGranted());
          case APPEND_REQUEST -> decodeAppend(from, to, term, message);
          case APPEND_REPLY -> decodeAppendReply(from, to, term, message);
          case HEARTBEAT -> decodeHeartbeat(from, to, term, message);
          case HEARTBEAT_REPLY -> decodeHeartbeatReply(from, to, term, message);
          case TIMEOUT_NOW -> decodeTimeoutNow(from, to, term, message);
          case BODY_NOT_SET -> null;
        });
  }

  private static @Nullable Message decodePreVote(int from, int to, long term, RaftMessage m) {
    dev.flotilla.proto.raft.v1.PreVoteRequest body = m.getPreVoteRequest();
    return negative(body.getLastLogIndex(), body.getLastLogTerm())
        ? null
        : new Message.PreVoteRequest(from, to, term, body.getLastLogIndex(), body.getLastLogTerm());
  }

  private static @Nullable Message decodePreVoteReply(int from, int to, long term, RaftMessage m) {
    dev.flotilla.proto.raft.v1.PreVoteReply body = m.getPreVoteReply();
    return body.getRemovedAt() < 0
        ? null
        : new Message.PreVoteReply(from, to, term, body.getGranted(), body.getRemovedAt());
  }

  private static @Nullable Message decodeVote(int from, int to, long term, RaftMessage m) {
    dev.flotilla.proto.raft.v1.VoteRequest body = m.getVoteRequest();
    return negative(body.getLastLogIndex(), body.getLastLogTerm())
        ? null
        : new Message.VoteRequest(
            from,
            to,
            term,
            body.getLastLogIndex(),
            body.getLastLogTerm(),
            body.getLeadershipTransfer());
  }

  private static @Nullable Message decodeAppend(int from, int to, long term, RaftMessage m) {
    dev.flotilla.proto.raft.v1.AppendRequest body = m.getAppendRequest();
    long index = body.getPrevIndex();
    long lastTerm = body.getPrevTerm();
    if (negative(index, lastTerm) || body.getCommitIndex() < 0 || lastTerm > term) {
      return null;
    }
    List<Entry> entries = new ArrayList<>(body.getEntriesCount());
    for (dev.flotilla.proto.raft.v1.Entry wire : body.getEntriesList()) {
      EntryKind kind = decode(wire.getKind());
      index++;
      // Entries follow one another without a gap, and terms never decrease along a log.
      if (kind == null
          || wire.getIndex() != index
          || wire.getTerm() < Math.max(1, lastTerm)
          || wire.getTerm() > term) {
        return null;
      }
      lastTerm = wire.getTerm();
      entries.add(
          new Entry(index, lastTerm, kind, wire.getStampMillis(), wire.getPayload().toByteArray()));
    }
    return new Message.AppendRequest(
        from,
        to,
        term,
        body.getPrevIndex(),
        body.getPrevTerm(),
        body.getCommitIndex(),
        List.copyOf(entries));
  }

  private static @Nullable Message decodeAppendReply(int from, int to, long term, RaftMessage m) {
    dev.flotilla.proto.raft.v1.AppendReply body = m.getAppendReply();
    if (negative(body.getMatchIndex(), body.getRejectedPrevIndex())
        || negative(body.getHintIndex(), body.getHintTerm())) {
      return null;
    }
    return new Message.AppendReply(
        from,
        to,
        term,
        body.getSuccess(),
        body.getMatchIndex(),
        body.getRejectedPrevIndex(),
        body.getHintIndex(),
        body.getHintTerm());
  }

  private static @Nullable Message decodeHeartbeat(int from, int to, long term, RaftMessage m) {
    dev.flotilla.proto.raft.v1.Heartbeat body = m.getHeartbeat();
    return negative(body.getRound(), body.getCommitIndex())
        ? null
        : new Message.Heartbeat(
            from, to, term, body.getRound(), body.getCommitIndex(), body.getToIncarnation());
  }

  private static @Nullable Message decodeHeartbeatReply(
      int from, int to, long term, RaftMessage m) {
    long round = m.getHeartbeatReply().getRound();
    return round < 0 ? null : new Message.HeartbeatReply(from, to, term, round);
  }

  private static @Nullable Message decodeTimeoutNow(int from, int to, long term, RaftMessage m) {
    long lastIndex = m.getTimeoutNow().getLastIndex();
    return lastIndex < 0 ? null : new Message.TimeoutNow(from, to, term, lastIndex);
  }

  private static boolean negative(long one, long other) {
    return (one | other) < 0;
  }

  private static @Nullable EntryKind decode(dev.flotilla.proto.raft.v1.EntryKind kind) {
    return switch (kind) {
      case ENTRY_KIND_COMMAND -> EntryKind.COMMAND;
      case ENTRY_KIND_NOOP -> EntryKind.NOOP;
      case ENTRY_KIND_MEMBERSHIP -> EntryKind.MEMBERSHIP;
      case ENTRY_KIND_UNSPECIFIED, UNRECOGNIZED -> null;
    };
  }

  public static dev.flotilla.proto.raft.v1.Membership encode(Membership membership) {
    return dev.flotilla.proto.raft.v1.Membership.newBuilder()
        .addAllVoters(membership.voters())
        .addAllOutgoingVoters(membership.outgoingVoters())
        .addAllLearners(membership.learners())
        .addAllLearnersNext(membership.learnersNext())
        .addAllMembers(membership.members().values().stream().map(MessageCodec::encode).toList())
        .build();
  }

  private static dev.flotilla.proto.raft.v1.Member encode(Member member) {
    return dev.flotilla.proto.raft.v1.Member.newBuilder()
        .setNode(member.node())
        .setIncarnation(member.incarnation())
        .setAddress(member.address())
        .setPromote(member.promote())
        .setReplaces(member.replaces())
        .build();
  }

  /**
   * @throws IllegalArgumentException when it names no node, or one node as voter and learner
   */
  public static Membership decode(dev.flotilla.proto.raft.v1.Membership membership) {
    return new Membership(
        nodes(membership.getVotersList()),
        nodes(membership.getOutgoingVotersList()),
        nodes(membership.getLearnersList()),
        nodes(membership.getLearnersNextList()),
        members(membership.getMembersList()));
  }

  private static SortedMap<Integer, Member> members(
      List<dev.flotilla.proto.raft.v1.Member> encoded) {
    TreeMap<Integer, Member> members = new TreeMap<>();
    for (dev.flotilla.proto.raft.v1.Member member : encoded) {
      members.put(
          member.getNode(),
          new Member(
              member.getNode(),
              member.getIncarnation(),
              member.getAddress(),
              member.getPromote(),
              member.getReplaces()));
    }
    return members;
  }

  private static Set<Integer> nodes(List<Integer> ids) {
    for (int id : ids) {
      if (id < 1) {
        throw new IllegalArgumentException("a membership with node " + id);
      }
    }
    return new TreeSet<>(ids);
  }
}
