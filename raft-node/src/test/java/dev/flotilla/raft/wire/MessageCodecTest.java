package dev.flotilla.raft.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.flotilla.proto.raft.v1.RaftMessage;
import dev.flotilla.raft.core.Entry;
import dev.flotilla.raft.core.EntryKind;
import dev.flotilla.raft.core.Membership;
import dev.flotilla.raft.core.Message;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class MessageCodecTest {

  static Stream<Message> everyKindOfMessage() {
    return Stream.of(
        new Message.PreVoteRequest(1, 2, 5, 9, 4),
        new Message.PreVoteReply(1, 2, 5, true),
        new Message.PreVoteReply(1, 2, 5, false, 9),
        new Message.VoteRequest(1, 2, 5, 9, 4, true),
        new Message.VoteReply(1, 2, 5, false),
        new Message.AppendRequest(1, 2, 5, 8, 3, 7, List.of()),
        new Message.AppendReply(1, 2, 5, true, 11, 0, 0, 0),
        new Message.AppendReply(1, 2, 5, false, 0, 8, 6, 2),
        new Message.Heartbeat(1, 2, 5, 77, 6),
        new Message.HeartbeatReply(1, 2, 5, 77),
        new Message.TimeoutNow(1, 2, 5, 12));
  }

  @ParameterizedTest
  @MethodSource("everyKindOfMessage")
  void aMessageComesBackAsItWentThroughBytes(Message message) throws Exception {
    RaftMessage wire = overBytes(MessageCodec.encode(3, message));

    assertThat(wire.getGroup()).isEqualTo(3);
    assertThat(MessageCodec.decode(wire)).contains(message);
  }

  @Test
  void entriesComeBackWithTheirPayload() throws Exception {
    byte[] payload = {1, 2, 3};
    Message.AppendRequest request = append(new Entry(9, 4, EntryKind.COMMAND, 1_234, payload));

    Message.AppendRequest back =
        (Message.AppendRequest)
            MessageCodec.decode(overBytes(MessageCodec.encode(3, request))).orElseThrow();

    assertThat(back.entries()).hasSize(3);
    Entry entry = back.entries().getFirst();
    assertThat(entry.index()).isEqualTo(9);
    assertThat(entry.term()).isEqualTo(4);
    assertThat(entry.kind()).isEqualTo(EntryKind.COMMAND);
    assertThat(entry.stampMillis()).isEqualTo(1_234);
    assertThat(entry.payload()).isEqualTo(payload);
    assertThat(back.entries().get(1).kind()).isEqualTo(EntryKind.NOOP);
    assertThat(back.entries().get(2).kind()).isEqualTo(EntryKind.MEMBERSHIP);
  }

  static Stream<Consumer<RaftMessage.Builder>> malformations() {
    return Stream.of(
        m -> m.clearBody(),
        m -> m.setGroup(0),
        m -> m.setGroup(-1),
        m -> m.setFrom(0),
        m -> m.setTo(0),
        m -> m.setTo(1),
        m -> m.setTerm(-1),
        m -> m.setTerm(3),
        m -> m.getAppendRequestBuilder().setPrevIndex(-1),
        m -> m.getAppendRequestBuilder().setPrevIndex(9),
        m -> m.getAppendRequestBuilder().setPrevTerm(-4),
        m -> m.getAppendRequestBuilder().setPrevTerm(5),
        m -> m.getAppendRequestBuilder().setCommitIndex(-1),
        m -> m.getAppendRequestBuilder().getEntriesBuilder(1).setIndex(12),
        m -> m.getAppendRequestBuilder().getEntriesBuilder(1).setTerm(3),
        m -> m.getAppendRequestBuilder().getEntriesBuilder(1).setTerm(6),
        m -> m.getAppendRequestBuilder().getEntriesBuilder(1).setKindValue(0),
        m -> m.getAppendRequestBuilder().getEntriesBuilder(1).setKindValue(99),
        m -> m.getHeartbeatBuilder().setRound(-1),
        m -> m.getHeartbeatBuilder().setCommitIndex(-1),
        m -> m.getHeartbeatReplyBuilder().setRound(-1),
        m -> m.getAppendReplyBuilder().setMatchIndex(-1),
        m -> m.getAppendReplyBuilder().setHintTerm(-1),
        m -> m.getVoteRequestBuilder().setLastLogIndex(-1),
        m -> m.getPreVoteRequestBuilder().setLastLogTerm(-1),
        m -> m.getTimeoutNowBuilder().setLastIndex(-1));
  }

  @ParameterizedTest
  @MethodSource("malformations")
  void aMalformedMessageIsDroppedNotThrown(Consumer<RaftMessage.Builder> malform) {
    RaftMessage.Builder wire =
        MessageCodec.encode(3, append(new Entry(9, 4, EntryKind.COMMAND, 0, new byte[1])))
            .toBuilder();
    malform.accept(wire);

    assertThat(MessageCodec.decode(wire.build())).isEmpty();
  }

  @Test
  void aBodyOfALaterVersionIsDropped() throws Exception {
    RaftMessage future =
        RaftMessage.parseFrom(
            RaftMessage.newBuilder()
                .setGroup(1)
                .setFrom(1)
                .setTo(2)
                .setTerm(1)
                .build()
                .toByteString()
                // Field 14, length-delimited, empty: a body this version does not know.
                .concat(ByteString.copyFrom(new byte[] {(14 << 3) | 2, 0})));

    assertThat(MessageCodec.decode(future)).isEmpty();
  }

  @Test
  void aMessageThatNamesAnotherSenderThanItsStreamIsDropped() {
    RaftMessage wire = MessageCodec.encode(3, new Message.VoteReply(1, 2, 5, true));

    assertThat(MessageCodec.decode(1, 2, wire)).isPresent();
    assertThat(MessageCodec.decode(3, 2, wire)).isEmpty();
    assertThat(MessageCodec.decode(1, 3, wire)).isEmpty();
  }

  @Test
  void aMembershipComesBackAsItWent() {
    Membership joint = new Membership(Set.of(1, 2, 3), Set.of(1, 4), Set.of(5), Set.of(4));

    assertThat(MessageCodec.decode(MessageCodec.encode(joint))).isEqualTo(joint);
  }

  @Test
  void aMembershipWithImpossibleNodesIsRefused() {
    assertThatThrownBy(() ->
            MessageCodec.decode(
                dev.flotilla.proto.raft.v1.Membership.newBuilder().addVoters(0).build()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Message.AppendRequest append(Entry first) {
    return new Message.AppendRequest(
        1,
        2,
        5,
        8,
        4,
        7,
        List.of(
            first,
            new Entry(10, 4, EntryKind.NOOP, 0, new byte[0]),
            new Entry(11, 5, EntryKind.MEMBERSHIP, 0, new byte[] {9})));
  }

  private static RaftMessage overBytes(RaftMessage message) throws InvalidProtocolBufferException {
    return RaftMessage.parseFrom(message.toByteString());
  }
}
