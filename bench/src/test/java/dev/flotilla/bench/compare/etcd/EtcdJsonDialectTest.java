package dev.flotilla.bench.compare.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.Operation;
import dev.flotilla.bench.door.Outcome;
import dev.flotilla.bench.http.ByteWriter;
import dev.flotilla.bench.http.HttpAnswer;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class EtcdJsonDialectTest {

  private static final String HEADER =
      "\"header\":{\"cluster_id\":\"14841639068965178418\",\"revision\":\"12\",\"raft_term\":\"2\"}";

  private final EtcdJsonDialect dialect = new EtcdJsonDialect("db:2379");

  @Test
  void spellsAPutWithKeyAndValueInBase64() {
    assertThat(encoded(new Operation.Set(bytes("foo"), bytes("bar"))))
        .isEqualTo(
            "POST /v3/kv/put HTTP/1.1\r\nHost: db:2379\r\nContent-Type: application/json\r\n"
                + "Content-Length: 29\r\n\r\n"
                + "{\"key\":\"Zm9v\",\"value\":\"YmFy\"}");
  }

  @Test
  void spellsARangeOfOneKey() {
    assertThat(encoded(get("foo", "bar")))
        .isEqualTo(
            "POST /v3/kv/range HTTP/1.1\r\nHost: db:2379\r\nContent-Type: application/json\r\n"
                + "Content-Length: 14\r\n\r\n"
                + "{\"key\":\"Zm9v\"}");
  }

  @Test
  void aPutIsDoneWhenTheStoreSaysItsRevision() throws IOException {
    Operation set = new Operation.Set(bytes("foo"), bytes("bar"));
    assertThat(judge(set, 200, "{" + HEADER + "}")).isNull();
    assertThat(judge(set, 200, "{}").outcome()).isEqualTo(Outcome.WRONG);
  }

  @Test
  void aValueIsDecodedAndCompared() throws IOException {
    String found =
        "{"
            + HEADER
            + ",\"kvs\":[{\"key\":\"Zm9v\",\"create_revision\":\"2\",\"mod_revision\":\"12\",\"version\":\"3\","
            + "\"value\":\"YmFy\"}],\"count\":\"1\"}";
    assertThat(judge(get("foo", "bar"), 200, found)).isNull();
    assertThat(judge(get("foo", "baz"), 200, found).code()).isEqualTo("MISMATCH");
    assertThat(judge(get("foo", "bar"), 200, "{" + HEADER + "}").sample()).isEqualTo("no value");
  }

  @Test
  void whatIsNotBase64IsWrong() throws IOException {
    String odd = "{" + HEADER + ",\"kvs\":[{\"value\":\"Y*Fy\"}]}";
    assertThat(judge(get("foo", "bar"), 200, odd).sample()).startsWith("not Base64");
  }

  @Test
  void aRefusalIsCountedByItsStatus() throws IOException {
    Failure failure =
        judge(get("foo", "bar"), 503, "{\"error\":\"etcdserver: request timed out\",\"code\":14}");
    assertThat(failure.code()).isEqualTo("HTTP_503");
    assertThat(failure.outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(failure.sample()).contains("timed out");
  }

  private Failure judge(Operation operation, int status, String body) throws IOException {
    byte[] buffer =
        bytes("HTTP/1.1 " + status + " x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    HttpAnswer answer = new HttpAnswer();
    assertThat(answer.parse(buffer, buffer.length)).isTrue();
    return dialect.judge(operation, answer, buffer);
  }

  private String encoded(Operation operation) {
    ByteWriter out = new ByteWriter(1);
    dialect.encode(operation, out);
    return new String(out.toBytes(), UTF_8);
  }

  private static Operation get(String key, String value) {
    return new Operation.Get(bytes(key), bytes(value), value.length());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
