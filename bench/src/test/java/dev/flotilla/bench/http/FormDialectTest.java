package dev.flotilla.bench.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.bench.door.Failure;
import dev.flotilla.bench.door.Operation;
import dev.flotilla.bench.door.Outcome;
import org.junit.jupiter.api.Test;

class FormDialectTest {

  private final FormDialect dialect = new FormDialect("db:8080");

  @Test
  void spellsASet() {
    assertThat(encoded(new Operation.Set(bytes("k"), bytes("v"))))
        .isEqualTo(
            "POST /request HTTP/1.1\r\nHost: db:8080\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 25\r\n\r\n"
                + "key=k&request=SET%7Ck%7Cv");
  }

  @Test
  void contentLengthIsThatOfTheEscapedBody() {
    for (Operation operation :
        new Operation[] {
          new Operation.Set(bytes("a key|é"), bytes("1+1=2&x")),
          new Operation.Get(bytes("{t}-1"), new byte[0], -1),
          new Operation.Delete(bytes("ü"))
        }) {
      String request = encoded(operation);
      String body = request.substring(request.indexOf("\r\n\r\n") + 4);
      assertThat(request).contains("Content-Length: " + body.length() + "\r\n");
    }
  }

  @Test
  void escapesWhatAFormMustEscape() {
    assertThat(encoded(new Operation.Set(bytes("a b"), bytes("x|y&z=é+%"))))
        .endsWith("key=a%20b&request=SET%7Ca%20b%7Cx%7Cy%26z%3D%C3%A9%2B%25");
  }

  @Test
  void takesFurtherHeaders() {
    ByteWriter out = new ByteWriter(1);
    dialect.encode(new Operation.Get(bytes("k"), new byte[0], -1), "\r\nX-Client-Id: me", out);
    assertThat(new String(out.toBytes(), UTF_8))
        .contains("Content-Length: 24\r\nX-Client-Id: me\r\n\r\nkey=k&request=GET%7Ck%7C");
  }

  @Test
  void anAckedSetIsComparedByteForByte() throws Exception {
    Operation set = new Operation.Set(bytes("k"), bytes("v"));
    assertThat(judge(set, 200, "{\"response\":\"\",\"error_code\":\"SUCCESS\"}")).isNull();
    assertThat(judge(set, 200, "{\"response\":\"\", \"error_code\":\"SUCCESS\"}").code())
        .isEqualTo("MISMATCH");
    assertThat(judge(set, 200, "").outcome()).isEqualTo(Outcome.WRONG);
  }

  @Test
  void aReadMustFindTheKeysOwnValue() throws Exception {
    Operation get = new Operation.Get(bytes("k"), bytes("007"), 5);
    assertThat(judge(get, 200, value("007ab"))).isNull();
    assertThat(judge(get, 200, value("008ab"))).isNotNull();
    assertThat(judge(get, 200, value("007abc"))).isNotNull();
    assertThat(judge(get, 200, "{\"response\":\"0|\",\"error_code\":\"SUCCESS\"}")).isNotNull();
  }

  @Test
  void aRefusalIsCountedByItsCodeAndKnownToHaveNoEffectOnlyIfItSaysSo() throws Exception {
    Operation set = new Operation.Set(bytes("k"), bytes("v"));
    Failure overloaded =
        judge(
            set,
            429,
            "{\"response\":\"\",\"error_code\":\"OVERLOADED\",\"outcome\":\"not_applied\"}");
    assertThat(overloaded.code()).isEqualTo("OVERLOADED");
    assertThat(overloaded.outcome()).isEqualTo(Outcome.NOT_APPLIED);
    Failure gateway = judge(set, 502, "<html>");
    assertThat(gateway.code()).isEqualTo("HTTP_502");
    assertThat(gateway.outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(gateway.sample()).contains("502 <html>");
  }

  private Failure judge(Operation operation, int status, String body) throws Exception {
    byte[] bytes =
        bytes("HTTP/1.1 " + status + " \r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    HttpAnswer answer = new HttpAnswer();
    assertThat(answer.parse(bytes, bytes.length)).isTrue();
    return dialect.judge(operation, answer, bytes);
  }

  private String encoded(Operation operation) {
    ByteWriter out = new ByteWriter(1);
    dialect.encode(operation, out);
    return new String(out.toBytes(), UTF_8);
  }

  private static String value(String value) {
    return "{\"response\":\"1|" + value + "\",\"error_code\":\"SUCCESS\"}";
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
