package dev.flotilla.bench.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.Operation;
import dev.flotilla.bench.door.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RestDialectTest {

  private static final byte[] ANY = new byte[0];
  private static final String NOT_APPLIED =
      "{\"type\":\"about:blank\",\"status\":503,\"code\":\"NO_LEADER\",\"outcome\":\"not_applied\"}";

  private final RestDialect dialect = new RestDialect("db:8080");
  private final List<@Nullable String> ends = new ArrayList<>();

  private String encoded(Operation operation) {
    ByteWriter out = new ByteWriter(1);
    dialect.encode(operation, out);
    return new String(out.toBytes(), UTF_8);
  }

  private @Nullable Failure judge(Operation operation, int status, String headers, String body)
      throws MalformedAnswerException {
    String length = status == 204 ? "" : "Content-Length: " + body.length() + "\r\n";
    byte[] bytes =
        ("HTTP/1.1 " + status + " \r\n" + headers + length + "\r\n" + body).getBytes(UTF_8);
    HttpAnswer answer = new HttpAnswer();
    assertThat(answer.parse(bytes, bytes.length)).isTrue();
    return dialect.judge(operation, answer, bytes);
  }

  private Operation.Scan scan(int limit, String cursor) {
    return new Operation.Scan(bytes("k-"), limit, cursor, ends::add);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  @Test
  void spellsEachOperation() {
    assertThat(encoded(new Operation.Set(bytes("a/b"), bytes("v|1"))))
        .isEqualTo("PUT /v1/kv/a%2Fb HTTP/1.1\r\nHost: db:8080\r\nContent-Length: 3\r\n\r\nv|1");
    assertThat(encoded(new Operation.SetIf(bytes("k"), bytes("v"), 12)))
        .isEqualTo(
            "PUT /v1/kv/k HTTP/1.1\r\nHost: db:8080\r\nIf-Match: \"12\"\r\n"
                + "Content-Length: 1\r\n\r\nv");
    assertThat(encoded(new Operation.Get(bytes("k"), ANY, -1)))
        .isEqualTo("GET /v1/kv/k HTTP/1.1\r\nHost: db:8080\r\n\r\n");
    assertThat(encoded(new Operation.Delete(bytes("k"))))
        .isEqualTo("DELETE /v1/kv/k HTTP/1.1\r\nHost: db:8080\r\n\r\n");
    assertThat(encoded(scan(7, "")))
        .startsWith("GET /v1/kv?prefix=k-&limit=7 HTTP/1.1\r\nHost: db:8080\r\n");
    assertThat(encoded(scan(7, "AQ==")))
        .startsWith("GET /v1/kv?prefix=k-&limit=7&cursor=AQ%3D%3D ");
  }

  @Test
  void aWriteIsAckedByAnEmptyAnswerWithARevision() throws Exception {
    Operation set = new Operation.Set(bytes("k"), bytes("v"));
    assertThat(judge(set, 201, "X-Flotilla-Revision: 1\r\n", "")).isNull();
    assertThat(judge(set, 200, "X-Flotilla-Revision: 9\r\n", "")).isNull();
    assertThat(judge(set, 200, "", "").code()).isEqualTo("MISMATCH");
    assertThat(judge(set, 200, "X-Flotilla-Revision: 9\r\n", "x").code()).isEqualTo("MISMATCH");
  }

  @Test
  void aConditionalWriteRaisesTheRevisionOrIsAConflict() throws Exception {
    Operation set = new Operation.SetIf(bytes("k"), bytes("v"), 5);
    assertThat(judge(set, 200, "X-Flotilla-Revision: 6\r\n", "")).isNull();
    assertThat(judge(set, 200, "X-Flotilla-Revision: 5\r\n", "").code()).isEqualTo("MISMATCH");
    assertThat(judge(set, 412, "", "{}").isConflict()).isTrue();
  }

  @Test
  void aReadMustFindTheValueOfItsKey() throws Exception {
    Operation get = new Operation.Get(bytes("k"), bytes("0007"), 6);
    assertThat(judge(get, 200, "", "0007ab")).isNull();
    assertThat(judge(get, 200, "", "0008ab").code()).isEqualTo("MISMATCH");
    assertThat(judge(get, 200, "", "0007abc").outcome()).isEqualTo(Outcome.WRONG);
    assertThat(judge(get, 404, "", "{}").code()).isEqualTo("MISMATCH");
  }

  @Test
  void aDeleteSucceedsWhetherTheKeyWasThereOrNot() throws Exception {
    Operation delete = new Operation.Delete(bytes("k"));
    assertThat(judge(delete, 204, "", "")).isNull();
    assertThat(judge(delete, 404, "", "{}")).isNull();
    assertThat(judge(delete, 503, "", NOT_APPLIED).code()).isEqualTo("NO_LEADER");
  }

  @Test
  void aListIsCheckedAndTellsWhereItEnds() throws Exception {
    String two =
        "{\"keys\":[{\"key\":\"k-1\",\"revision\":1,\"size\":3},"
            + "{\"key\":\"k-2\",\"revision\":4,\"size\":3}],\"cursor\":";
    assertThat(judge(scan(2, ""), 200, "", two + "\"next\"}")).isNull();
    assertThat(judge(scan(2, ""), 200, "", two + "null}")).isNull();
    assertThat(judge(scan(2, ""), 200, "", "{\"keys\":[],\"cursor\":\"more\"}")).isNull();
    assertThat(ends).containsExactly("next", null, "more");

    assertThat(judge(scan(1, ""), 200, "", two + "null}").code()).isEqualTo("MISMATCH");
    assertThat(judge(scan(2, ""), 200, "", two.replace("k-2", "x-2") + "null}").code())
        .isEqualTo("MISMATCH");
    assertThat(judge(scan(2, ""), 200, "", two).code()).isEqualTo("MISMATCH");
    assertThat(ends).hasSize(3);
  }

  @Test
  void aRefusalSaysWhatBecameOfTheOperation() throws Exception {
    Operation set = new Operation.Set(bytes("k"), bytes("v"));
    Failure refused = judge(set, 503, "", NOT_APPLIED);
    assertThat(refused.code()).isEqualTo("NO_LEADER");
    assertThat(refused.outcome()).isEqualTo(Outcome.NOT_APPLIED);
    Failure unknown = judge(set, 504, "", "<html>");
    assertThat(unknown.code()).isEqualTo("HTTP_504");
    assertThat(unknown.outcome()).isEqualTo(Outcome.UNKNOWN);
  }
}
