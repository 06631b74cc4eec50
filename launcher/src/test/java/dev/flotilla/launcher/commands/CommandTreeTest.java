package dev.flotilla.launcher.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * The commands from the outside: arguments in, exit code and text out, over a balancer that answers
 * as told.
 */
class CommandTreeTest {
  @TempDir Path temp;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final List<String> requests = new ArrayList<>();
  private HttpServer balancer;
  private int status = 200;
  private String body = "";

  @BeforeEach
  void startBalancer() throws IOException {
    balancer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    balancer.createContext(
        "/",
        exchange -> {
          requests.add(
              exchange.getRequestMethod()
                  + " "
                  + exchange.getRequestURI()
                  + " "
                  + exchange.getRequestHeaders().getFirst("If-Match")
                  + " "
                  + exchange.getRequestHeaders().getFirst("If-None-Match")
                  + " "
                  + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("ETag", "\"9\"");
          exchange.getResponseHeaders().set("X-Flotilla-Group", "g2");
          exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
          if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
          }
          exchange.close();
        });
    balancer.start();
  }

  @AfterEach
  void stopBalancer() {
    balancer.stop(0);
  }

  private int run(String... arguments) {
    CommandLine commands =
        CommandTree.of(new Terminal(new PrintStream(out), new PrintStream(err), false, false));
    commands.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    commands.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    return commands.execute(arguments);
  }

  private int data(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--balancer", "http://127.0.0.1:" + balancer.getAddress().getPort()));
    return run(all.toArray(String[]::new));
  }

  private void answers(int newStatus, String newBody) {
    status = newStatus;
    body = newBody;
  }

  @Test
  void eachCommandIsExplainedByOneWholeSentenceInTheList() {
    CommandLine root =
        CommandTree.of(new Terminal(new PrintStream(out), new PrintStream(err), false, false));
    root.getSubcommands()
        .forEach((name, command) -> {
          UsageMessageSpec usage = command.getCommandSpec().usageMessage();
          String listed = usage.header().length > 0 ? usage.header()[0] : usage.description()[0];
          assertThat(listed).as(name).endsWith(".").hasSizeLessThanOrEqualTo(85);
        });
  }

  @Test
  void aValueIsPrintedAsItIs() {
    answers(200, "wert \u00fc");
    assertThat(data("get", "a/b \u00fc")).isEqualTo(ExitCode.DONE);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo("wert \u00fc" + System.lineSeparator());
    assertThat(requests)
        .singleElement()
        .asString()
        .startsWith("GET /v1/kv/a%2Fb%20%C3%BC?consistency=linearizable");
  }

  @Test
  void jsonNamesRevisionAndGroup() {
    answers(200, "v");
    data("get", "k", "-o", "json");
    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"key\":\"k\",\"value\":\"v\",\"revision\":\"9\",\"group\":\"g2\"}"
                + System.lineSeparator());
  }

  @Test
  void anAbsentKeyIsThree() {
    answers(404, "");
    assertThat(data("get", "k")).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(data("delete", "k")).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("error: There is no key k.");
  }

  @Test
  void aConditionThatFailsIsFour() {
    answers(412, "");
    assertThat(data("set", "k", "v", "--if-revision", "7")).isEqualTo(ExitCode.COMPARE_FAILED);
    assertThat(data("set", "k", "v", "--if-absent")).isEqualTo(ExitCode.COMPARE_FAILED);
    assertThat(requests).containsExactly("PUT /v1/kv/k \"7\" null v", "PUT /v1/kv/k null * v");
  }

  @Test
  void noQuorumIsFiveAndSaysWhetherItHappened() {
    answers(
        503,
        "{\"code\":\"NO_LEADER\",\"outcome\":\"not_applied\",\"detail\":\"Group g1 has no leader\"}");
    assertThat(data("set", "k", "v")).isEqualTo(ExitCode.NO_QUORUM);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("error: Group g1 has no leader. It had no effect.");
    answers(504, "{\"code\":\"TIMEOUT\",\"outcome\":\"unknown\",\"detail\":\"No answer in time\"}");
    assertThat(data("set", "k", "v")).isEqualTo(ExitCode.NO_QUORUM);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("Whether it took effect is unknown.");
  }

  @Test
  void otherRefusalsAreOne() {
    answers(
        413,
        "{\"code\":\"TOO_LARGE\",\"outcome\":\"not_applied\",\"detail\":\"The value is too large\"}");
    assertThat(data("set", "k", "v")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("The value is too large. (TOO_LARGE) It had no effect.");
  }

  @Test
  void noBalancerIsOneAndSaysHowToStartOne() {
    balancer.stop(0);
    assertThat(data("get", "k")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("flotilla up");
  }

  @Test
  void aRequestIsNeverSentTwice() {
    answers(500, "");
    assertThat(data("set", "k", "v")).isEqualTo(ExitCode.FAILED);
    assertThat(requests).hasSize(1);
  }

  @Test
  void errorsAreJsonWhereAnswersAre() {
    answers(404, "");
    data("get", "k", "-o", "json");
    assertThat(err.toString(StandardCharsets.UTF_8))
        .startsWith("{\"error\":\"There is no key k.\"");
  }

  @Test
  void misuseIsTwo() {
    assertThat(run()).isEqualTo(ExitCode.USAGE);
    assertThat(run("gett")).isEqualTo(ExitCode.USAGE);
    assertThat(run("get")).isEqualTo(ExitCode.USAGE);
    assertThat(run("up", "--groups", "0")).isEqualTo(ExitCode.USAGE);
    assertThat(run("up", "--base-port", "80")).isEqualTo(ExitCode.USAGE);
    assertThat(data("set", "k", "v", "--if-absent", "--if-revision", "1"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(requests).isEmpty();
  }

  @Test
  void aBadClusterFileIsSeventyEight() throws IOException {
    Path file = Files.writeString(temp.resolve("c.yaml"), "cluster: x\nnodes: 3\n");
    assertThat(run("node", "--config", file.toString(), "--name", "n1"))
        .isEqualTo(ExitCode.BAD_CONFIGURATION);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains(file + ":2: nodes: expected a list, found \"3\"");
  }

  @Test
  void statusWithoutAClusterSaysHowToStartOne() {
    assertThat(run("status", "--data-dir", temp.toString())).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("No cluster runs from " + temp);
  }

  @Test
  void aBalancersStatusIsATableOfGroupsAndFiveWithoutALeader() {
    answers(
        200,
        "{\"groups\":[{\"name\":\"g1\",\"leader\":\"h:7001\",\"leaderNode\":\"n1\",\"term\":3,"
            + "\"slots\":5121,\"members\":[{\"node\":\"n1\"},{\"node\":\"n2\"}]},"
            + "{\"name\":\"g2\",\"leader\":null,\"leaderNode\":null,\"term\":0,\"slots\":9,"
            + "\"members\":[]}]}");
    assertThat(data("status")).isEqualTo(ExitCode.NO_QUORUM);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("g1     n1      h:7001      3   5121  n1 n2", "Without a leader: g2");
  }

  @Test
  void helpTeachesWithExamples() {
    assertThat(run("--help")).isEqualTo(ExitCode.DONE);
    assertThat(run("set", "--help")).isEqualTo(ExitCode.DONE);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("A first tour:", "--if-absent lock me");
    assertThat(run("--version")).isEqualTo(ExitCode.DONE);
  }
}
