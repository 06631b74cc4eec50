package dev.flotilla.balancer.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.balancer.routing.FailureCode;
import dev.flotilla.balancer.routing.Outcome;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class BatchApiTest {
  private static final FakeKv KV = new FakeKv(1);
  private static final Door DOOR = new Door(KV, Door.LIMITS);

  @BeforeEach
  void forget() {
    KV.reset();
  }

  @AfterAll
  static void close() {
    DOOR.close();
  }

  @Test
  void eachOperationIsAnsweredAsItWouldHaveBeenAlone() {
    DOOR.call("PUT", "/v1/kv/there", "old");
    String revision =
        DOOR.call("HEAD", "/v1/kv/there", "").headers().firstValue("X-Flotilla-Revision").get();
    long base = Long.parseLong(revision);
    HttpResponse<String> answer =
        batch(
            """
            {"ops":[
              {"op":"put","key":"new","value":"ü"},
              {"op":"put","key":"there","value":"x","ttl":"5m"},
              {"op":"get","key":"new"},
              {"op":"put","key_base64":"/w==","value_base64":"/w=="},
              {"op":"get","key_base64":"/w=="},
              {"op":"put","key":"new","value":"y","if_absent":true},
              {"op":"put","key":"new","value":"z","if_revision":%d},
              {"op":"delete","key":"there","if_present":true},
              {"op":"delete","key":"there"},
              {"op":"get","key":"there"}
            ]}
            """
                .formatted(base + 1));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    String head = ",\"outcome\":\"applied\",\"group\":\"g1\"";
    assertThat(answer.body())
        .isEqualTo(
            "{\"results\":["
                + ("{\"status\":201" + head + ",\"revision\":" + (base + 1) + "},")
                + ("{\"status\":200" + head + ",\"revision\":" + (base + 2) + "},")
                + ("{\"status\":200" + head + ",\"revision\":" + (base + 1) + ",\"value\":\"ü\"},")
                + ("{\"status\":201" + head + ",\"revision\":" + (base + 3) + "},")
                + ("{\"status\":200" + head + ",\"revision\":" + (base + 3))
                + ",\"value_base64\":\"/w==\"},"
                + "{\"status\":412,\"outcome\":\"not_applied\",\"group\":\"g1\","
                + "\"code\":\"PRECONDITION_FAILED\",\"retryable\":false,"
                + ("\"detail\":\"the key's revision is " + (base + 1) + "\"},")
                + ("{\"status\":200" + head + ",\"revision\":" + (base + 4) + "},")
                + ("{\"status\":204" + head + ",\"revision\":" + (base + 5) + "},")
                + ("{\"status\":404" + head + ",\"revision\":0},")
                + ("{\"status\":404" + head + "}")
                + "]}");
  }

  @Test
  void operationsOfACallerTakeConsecutiveNumbers() {
    DOOR.call(
        "POST",
        "/v1/kv:batch",
        "{\"ops\":[{\"op\":\"put\",\"key\":\"a\",\"value\":\"\"},"
            + "{\"op\":\"put\",\"key\":\"b\",\"value\":\"\"}]}",
        "Content-Type",
        "application/json",
        "X-Client-Id",
        "me",
        "X-Request-Seq",
        "10");
    assertThat(KV.lastOptions.identity().seq()).isEqualTo(11);
  }

  @Test
  void oneFailureLeavesTheOthersAlone() {
    KV.failWith(FailureCode.TIMEOUT, Outcome.UNKNOWN);
    HttpResponse<String> answer = batch("{\"ops\":[{\"op\":\"delete\",\"key\":\"a\"}]}");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .contains("\"status\":504,\"outcome\":\"unknown\"")
        .contains("\"code\":\"TIMEOUT\",\"retryable\":true");
  }

  @Test
  void aThousandOperationsFitAndNotOneMore() {
    assertThat(batch(operations(1_000)).statusCode()).isEqualTo(200);
    assertThat(KV.seen).hasSize(1_000);
    KV.reset();
    assertThat(batch(operations(1_001)).statusCode()).isEqualTo(413);
    assertThat(KV.seen).isEmpty();
    assertThat(batch("{\"ops\":[]}").body()).isEqualTo("{\"results\":[]}");
  }

  @Test
  void aBatchWithAnyNonsenseInItIsRefusedAsAWhole() {
    String good = "{\"op\":\"put\",\"key\":\"a\",\"value\":\"1\"},";
    for (String wrong :
        new String[] {
          "{\"op\":\"get\"}",
          "{\"key\":\"a\"}",
          "{\"op\":\"move\",\"key\":\"a\"}",
          "{\"op\":\"get\",\"key\":\"\"}",
          "{\"op\":\"get\",\"key\":7}",
          "{\"op\":\"get\",\"key_base64\":\"!\"}",
          "{\"op\":\"get\",\"key\":\"a\",\"value\":\"b\"}",
          "{\"op\":\"put\",\"key\":\"a\"}",
          "{\"op\":\"put\",\"key\":\"a\",\"value\":\"b\",\"ttl\":\"soon\"}",
          "{\"op\":\"put\",\"key\":\"a\",\"value\":\"b\",\"if_absent\":1}",
          "{\"op\":\"put\",\"key\":\"a\",\"value\":\"b\",\"if_absent\":true,\"if_present\":true}",
          "{\"op\":\"delete\",\"key\":\"a\",\"if_absent\":true}",
          "{\"op\":\"get\",\"key\":\"a\",\"extra\":1}",
          "7"
        }) {
      HttpResponse<String> answer = batch("{\"ops\":[" + good + wrong + "]}");
      assertThat(answer.statusCode()).as(wrong + " " + answer.body()).isEqualTo(400);
    }
    for (String wrong :
        new String[] {
          "",
          "[]",
          "{}",
          "{\"ops\":{}}",
          "{\"ops\":[]",
          "{\"x\":[]}",
          "{\"ops\":[]}}",
          "{\"ops\":[],\"y\":1}",
          "[".repeat(1_000)
        }) {
      assertThat(batch(wrong).statusCode()).as(wrong).isEqualTo(400);
    }
    assertThat(KV.seen).isEmpty();
  }

  @Test
  void aBatchIsJsonOfABoundedSize() {
    assertThat(DOOR.call("POST", "/v1/kv:batch", "{}", "Content-Type", "text/plain").statusCode())
        .isEqualTo(415);
    assertThat(batch(" ".repeat((1 << 20) + 1)).statusCode()).isEqualTo(413);
    assertThat(
            batch("{\"ops\":[{\"op\":\"get\",\"key\":\"" + "k".repeat(4_097) + "\"}]}")
                .statusCode())
        .isEqualTo(413);
  }

  private static String operations(int count) {
    StringBuilder ops = new StringBuilder("{\"ops\":[");
    for (int i = 0; i < count; i++) {
      ops.append(i == 0 ? "" : ",")
          .append("{\"op\":\"put\",\"key\":\"k" + i + "\",\"value\":\"\"}");
    }
    return ops.append("]}").toString();
  }

  private static HttpResponse<String> batch(String body) {
    return DOOR.call("POST", "/v1/kv:batch", body, "Content-Type", "application/json");
  }
}
