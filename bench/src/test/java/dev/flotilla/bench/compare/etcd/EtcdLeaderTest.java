package dev.flotilla.bench.compare.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.bench.fake.FakeHttpServer;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class EtcdLeaderTest {

  @Test
  void theMemberThatCallsItselfLeaderIsTheLeader() throws IOException {
    try (FakeHttpServer follower = member("11", "22");
        FakeHttpServer leader = member("22", "22")) {
      assertThat(EtcdLeader.find(List.of(follower.address(), leader.address())))
          .isEqualTo(leader.address());
    }
  }

  @Test
  void withoutALeaderNobodyIsFound() throws IOException {
    try (FakeHttpServer member = member("11", "0")) {
      assertThatThrownBy(() -> EtcdLeader.find(List.of(member.address())))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("leads");
    }
  }

  @Test
  void aMemberThatDoesNotAnswerYetIsNoLeader() throws IOException {
    try (FakeHttpServer silent =
            new FakeHttpServer(_ -> new FakeHttpServer.RawThenClose(new byte[0]));
        FakeHttpServer leader = member("22", "22")) {
      assertThat(EtcdLeader.find(List.of(silent.address(), leader.address())))
          .isEqualTo(leader.address());
    }
  }

  private static FakeHttpServer member(String id, String leader) throws IOException {
    String body = "{\"header\":{\"member_id\":\"" + id + "\"},\"leader\":\"" + leader + "\"}";
    byte[] answer =
        ("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body).getBytes(UTF_8);
    return new FakeHttpServer(_ -> new FakeHttpServer.Raw(answer));
  }
}
