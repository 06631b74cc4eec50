package dev.flotilla.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.raft.core.Message;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MailboxTest {
  private final Mailbox.Delivery delivery = new Mailbox.Delivery();

  private static List<ClientCall> calls(int count, int bytes) {
    List<ClientCall> calls = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ByteString body = ByteString.copyFrom(new byte[bytes]);
      calls.add(new ClientCall(new RecordingClient(), i, 1, ClientCall.Kind.COMMAND, body, 1_000));
    }
    return calls;
  }

  private static Mailbox.PeerMail peerMail(long bytes) {
    Message message = new Message.HeartbeatReply(2, 1, 1, 1);
    return new Mailbox.PeerMail(2, List.of(new Mailbox.Addressed(1, message, 0)), bytes);
  }

  @Test
  void requestsAreTakenUpToTheirNumber() {
    Mailbox mailbox = new Mailbox(10, 1_000, 1_000);

    assertThat(mailbox.offerCalls(calls(7, 1))).isEqualTo(7);
    assertThat(mailbox.offerCalls(calls(7, 1))).isEqualTo(3);
    mailbox.drainInto(delivery);
    assertThat(delivery.calls).hasSize(10);
    assertThat(mailbox.offerCalls(calls(7, 1))).isEqualTo(7);
  }

  @Test
  void requestsAreTakenUpToTheirBytes() {
    Mailbox mailbox = new Mailbox(100, 1_000, 1_000);

    assertThat(mailbox.offerCalls(calls(5, 300))).isEqualTo(3);
    mailbox.drainInto(delivery);
    assertThat(mailbox.offerCalls(calls(5, 300))).isEqualTo(3);
  }

  @Test
  void onePassTakesABoundedAmountAndLeavesTheRest() {
    Mailbox mailbox = new Mailbox(100_000, Long.MAX_VALUE, Long.MAX_VALUE);
    mailbox.offerCalls(calls(Mailbox.PASS_REQUESTS + 5, 1));
    for (int i = 0; i < 5; i++) {
      mailbox.offerPeer(peerMail(Mailbox.PASS_PEER_BYTES / 2));
    }

    mailbox.drainInto(delivery);
    assertThat(delivery.calls).hasSize(Mailbox.PASS_REQUESTS);
    assertThat(delivery.peers).hasSize(2);
    assertThat(mailbox.isEmpty()).isFalse();
    delivery.clear();
    mailbox.drainInto(delivery);
    assertThat(delivery.calls).hasSize(5);
    assertThat(delivery.peers).hasSize(2);
  }

  @Test
  void peersMessagesBeyondTheLimitAreDroppedButOneAlwaysFits() {
    Mailbox mailbox = new Mailbox(10, 1_000, 1_000);

    assertThat(mailbox.offerPeer(peerMail(5_000))).isTrue();
    assertThat(mailbox.offerPeer(peerMail(1))).isFalse();
    mailbox.drainInto(delivery);
    assertThat(mailbox.offerPeer(peerMail(1))).isTrue();
  }

  @Test
  void completionsAreNeverDropped() {
    Mailbox mailbox = new Mailbox(0, 0, 0);
    for (int i = 0; i < 10_000; i++) {
      mailbox.complete(new Mail.DrainFlushed());
    }
    mailbox.close();
    mailbox.complete(new Mail.DrainFlushed());
    mailbox.drainInto(delivery);

    assertThat(delivery.completions).hasSize(10_001);
  }

  @Test
  void quietMailWakesNobodyAndIsDeliveredWithTheRest() {
    Mailbox mailbox = new Mailbox(10, 1_000, 1_000);
    List<String> wakes = new ArrayList<>();
    mailbox.onMail(() -> wakes.add("wake"));
    mailbox.completeQuietly(new Mail.DrainFlushed());
    assertThat(wakes).isEmpty();
    mailbox.offerCalls(calls(1, 1));
    assertThat(wakes).hasSize(1);

    mailbox.drainInto(delivery);
    assertThat(delivery.completions).hasSize(1);
  }

  @Test
  void aClosedMailboxTakesNothingFromOutside() {
    Mailbox mailbox = new Mailbox(10, 1_000, 1_000);
    mailbox.close();

    assertThat(mailbox.offerCalls(calls(1, 1))).isEqualTo(-1);
    assertThat(mailbox.offerPeer(peerMail(1))).isFalse();
    assertThat(mailbox.ask(new Mail.DrainFlushed())).isFalse();
  }
}
