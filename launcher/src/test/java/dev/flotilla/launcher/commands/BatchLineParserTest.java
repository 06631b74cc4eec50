package dev.flotilla.launcher.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BatchLineParserTest {
  private static Optional<BatchLine> parse(boolean json, String line) {
    return new BatchLineParser(json).parse(7, line.getBytes(StandardCharsets.UTF_8));
  }

  /** What is sent for a line, or why it is not. */
  private static String text(String line) {
    return shown(parse(false, line));
  }

  private static String json(String line) {
    return shown(parse(true, line));
  }

  private static String shown(Optional<BatchLine> parsed) {
    return parsed
        .map(line ->
            switch (line) {
              case BatchLine.Operation operation ->
                  new String(operation.json(), StandardCharsets.UTF_8);
              case BatchLine.Refused refused -> refused.why();
            })
        .orElse("nothing");
  }

  @Test
  void theThreeVerbsAreUnderstoodInAnyCase() {
    assertThat(text("SET a 1")).isEqualTo("{\"op\":\"put\",\"key\":\"a\",\"value\":\"1\"}");
    assertThat(text("get a")).isEqualTo("{\"op\":\"get\",\"key\":\"a\"}");
    assertThat(text("  Delete \t a  ")).isEqualTo("{\"op\":\"delete\",\"key\":\"a\"}");
  }

  @Test
  void aValueIsAllThatFollowsTheBlankAfterTheKey() {
    assertThat(text("SET  a  two words  "))
        .isEqualTo("{\"op\":\"put\",\"key\":\"a\",\"value\":\" two words  \"}");
    assertThat(text("SET a ")).isEqualTo("{\"op\":\"put\",\"key\":\"a\",\"value\":\"\"}");
    assertThat(text("SET \u00fc \"x\\\""))
        .isEqualTo("{\"op\":\"put\",\"key\":\"\u00fc\",\"value\":\"\\\"x\\\\\\\"\"}");
  }

  @Test
  void blankLinesAndCommentsAskForNothing() {
    for (String line : new String[] {"", "   ", "\t", "# SET a 1", "  #"}) {
      assertThat(parse(false, line)).as(line).isEmpty();
      assertThat(parse(true, line)).as(line).isEmpty();
    }
  }

  @Test
  void nonsenseIsRefusedInWords() {
    assertThat(text("SET")).isEqualTo("SET needs a key.");
    assertThat(text("GET ")).isEqualTo("GET needs a key.");
    assertThat(text("SET a")).startsWith("SET needs a value");
    assertThat(text("GET a b")).startsWith("GET takes a key without blanks");
    assertThat(text("DELTE a")).contains("There is no DELTE (did you mean DELETE?)");
    assertThat(text("x".repeat(1_000))).hasSizeLessThan(200);
    assertThat(text("\u001b[31m a")).contains("base64:").doesNotContain("\u001b");
  }

  @Test
  void bytesThatAreNoTextAreRefused() {
    assertThat(new BatchLineParser(false).parse(7, new byte[] {'G', 'E', 'T', ' ', (byte) 0xff}))
        .hasValueSatisfying(
            line -> assertThat(((BatchLine.Refused) line).why()).contains("no UTF-8 text"));
  }

  @Test
  void jsonGoesAsItIs() {
    String put =
        "{\"op\":\"put\",\"key_base64\":\"/w==\",\"value\":\"1\",\"ttl\":\"30s\",\"if_absent\":true}";
    assertThat(json(put)).isEqualTo(put);
    assertThat(json(" {\"op\":\"get\", \"key\":\"a b\"} "))
        .isEqualTo("{\"op\":\"get\",\"key\":\"a b\"}");
  }

  @Test
  void jsonThatMakesNoSenseIsRefusedInWords() {
    assertThat(json("{")).startsWith("It is no JSON");
    assertThat(json("[1]")).startsWith("Expected an object");
    assertThat(json("{\"op\":\"get\",\"kei\":\"a\"}"))
        .isEqualTo("There is no field kei (did you mean key?).");
    assertThat(json("{\"op\":\"set\",\"key\":\"a\"}")).startsWith("op must be");
    assertThat(json("{\"op\":\"get\"}")).startsWith("It needs a key");
    assertThat(json("{\"op\":\"get\",\"key\":\"\"}")).startsWith("It needs a key");
    assertThat(json("{\"op\":\"get\",\"key\":1}")).isEqualTo("key must be a text.");
    assertThat(json("{\"op\":\"get\",\"key\":\"a\",\"key_base64\":\"YQ==\"}"))
        .contains("exclude each other");
    assertThat(json("{\"op\":\"get\",\"key_base64\":\"*\"}")).contains("not base 64");
    assertThat(json("{\"op\":\"put\",\"key\":\"a\"}")).startsWith("put needs a value");
    assertThat(json("{\"op\":\"delete\",\"key\":\"a\",\"value\":\"1\"}"))
        .isEqualTo("delete takes no value.");
    assertThat(json("{\"op\":\"get\",\"key\":\"a\"} x")).startsWith("It is no JSON");
  }

  @Test
  void aKeyIsTheSameHoweverItIsSpelt() {
    BatchLine.Operation text =
        (BatchLine.Operation) parse(true, "{\"op\":\"get\",\"key\":\"\u00fc\"}").orElseThrow();
    BatchLine.Operation bytes =
        (BatchLine.Operation) parse(true, "{\"op\":\"get\",\"key_base64\":\"w7w=\"}").orElseThrow();
    assertThat(text.key()).isEqualTo(bytes.key());
  }
}
