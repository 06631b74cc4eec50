package dev.flotilla.bench.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpAnswerTest {

  private final HttpAnswer answer = new HttpAnswer();

  private boolean parse(byte[] bytes) throws MalformedAnswerException {
    return answer.parse(bytes, bytes.length);
  }

  @Test
  void readsStatusBodyAndFlotillaHeaders() throws Exception {
    byte[] bytes =
        ascii(
            "HTTP/1.1 200 OK\r\ncontent-LENGTH: 5\r\nX-Flotilla-Group: g12\r\n"
                + "X-Flotilla-Term:7\r\nX-Flotilla-Revision:  42\r\nDate: now\r\n\r\nhello");

    assertThat(parse(bytes)).isTrue();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body(bytes)).isEqualTo("hello");
    assertThat(answer.group(bytes)).isEqualTo(12);
    assertThat(answer.groupName(bytes)).isEqualTo("g12");
    assertThat(answer.term()).isEqualTo(7);
    assertThat(answer.revision()).isEqualTo(42);
    assertThat(answer.keepAlive()).isTrue();
    assertThat(answer.end()).isEqualTo(bytes.length);
  }

  @Test
  void groupWithoutANumberIsNone() throws Exception {
    byte[] bytes = ascii("HTTP/1.1 200 \r\nContent-Length: 0\r\nX-Flotilla-Group: blue\r\n\r\n");
    assertThat(parse(bytes)).isTrue();
    assertThat(answer.group(bytes)).isZero();
    assertThat(answer.groupName(bytes)).isEqualTo("blue");
  }

  @Test
  void headersOfTheAnswerBeforeAreForgotten() throws Exception {
    parse(ascii("HTTP/1.1 200 \r\nContent-Length: 0\r\nX-Flotilla-Term: 9\r\n\r\n"));
    byte[] next = ascii("HTTP/1.1 503 \r\nContent-Length: 0\r\n\r\n");
    assertThat(parse(next)).isTrue();
    assertThat(answer.term()).isZero();
    assertThat(answer.group(next)).isZero();
  }

  @Test
  void joinsChunksAndSkipsExtensionsAndTrailers() throws Exception {
    byte[] bytes =
        ascii(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5;x=y\r\nhello\r\n1\r\n,\r\nA\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n");
    assertThat(parse(bytes)).isTrue();
    assertThat(answer.body(bytes)).isEqualTo("hello,0123456789");
    assertThat(answer.end()).isEqualTo(bytes.length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nA: b\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
      })
  void anyPrefixIsIncompleteAndChangesNothing(String text) throws Exception {
    byte[] bytes = ascii(text);
    for (int length = 0; length < bytes.length; length++) {
      assertThat(answer.parse(bytes, length)).as("the first %d bytes", length).isFalse();
    }
    assertThat(parse(bytes)).isTrue();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body(bytes)).isEqualTo("hello");
  }

  @Test
  void bytesAfterTheAnswerAreNotPartOfIt() throws Exception {
    byte[] bytes = ascii("HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nokHTTP/1.1 ");
    assertThat(parse(bytes)).isTrue();
    assertThat(answer.body(bytes)).isEqualTo("ok");
    assertThat(answer.end()).isEqualTo(bytes.length - "HTTP/1.1 ".length());
  }

  @Test
  void anAnswerWithoutContentNeedsNoLength() throws Exception {
    assertThat(parse(ascii("HTTP/1.1 204 No Content\r\n\r\n"))).isTrue();
    assertThat(answer.bodyLength()).isZero();
  }

  @Test
  void seesThatTheServerCloses() throws Exception {
    parse(ascii("HTTP/1.1 200 \r\nConnection: Close\r\nContent-Length: 0\r\n\r\n"));
    assertThat(answer.keepAlive()).isFalse();
    parse(ascii("HTTP/1.0 200 \r\nContent-Length: 0\r\n\r\n"));
    assertThat(answer.keepAlive()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.2 hi\r\n\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nuntil the end",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFF\r\n"
      })
  void refusesWhatIsNoAnswer(String text) {
    assertThatThrownBy(() -> parse(ascii(text))).isInstanceOf(MalformedAnswerException.class);
  }

  @Test
  void hugeChunkIsOnlyIncomplete() throws Exception {
    byte[] bytes = ascii("HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n7FFFFFFF\r\nabc");
    assertThat(answer.parse(Arrays.copyOf(bytes, bytes.length), bytes.length)).isFalse();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }
}
