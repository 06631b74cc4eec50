package dev.flotilla.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.bench.fake.FakeFormService;
import dev.flotilla.bench.fake.FakeRestService;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RunCommandTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    CommandLine command = BenchCommand.commandLine();
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(err));
    List<String> all = new ArrayList<>(List.of("run"));
    all.addAll(List.of(arguments));
    return command.execute(all.toArray(String[]::new));
  }

  /** A run of a few tenths of a second. */
  private int runShortly(InetSocketAddress server, String... arguments) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--url",
                "http://127.0.0.1:" + server.getPort(),
                "--keys",
                "200",
                "--value-bytes",
                "20",
                "--warmup",
                "0.1",
                "--seconds",
                "0.2"));
    all.addAll(List.of(arguments));
    return run(all.toArray(String[]::new));
  }

  @Test
  void severalWorkloadsAndNumbersOfClientsAreARowEachAfterOneLoad() throws IOException {
    try (FakeFormService service = new FakeFormService(3)) {
      int exit =
          runShortly(service.address(), "--workload", "a,c", "--clients", "1,4", "-o", "json");
      assertThat(exit).as("%s", err).isZero();
      assertThat(service.size()).isEqualTo(200);
    }
    JsonNode document = JSON.readTree(out.toString());
    assertThat(document.path("door").asString()).isEqualTo("form");
    List<String> rows = new ArrayList<>();
    for (JsonNode row : document.path("rows")) {
      assertThat(row.path("operations").asLong()).isPositive();
      assertThat(row.path("failed").asLong()).isZero();
      rows.add(row.path("workload").asString() + row.path("clients").asInt());
    }
    assertThat(rows).containsExactly("a1", "a4", "c1", "c4");
    assertThat(document.path("rows").get(0).path("kinds").has("write")).isTrue();
    assertThat(document.path("rows").get(2).path("distribution").asString()).isEqualTo("zipfian");
    assertThat(err.toString().lines().filter(line -> line.contains("load "))).isNotEmpty();
    assertThat(err.toString()).contains("a 1  measure").contains("c 4  measure");
  }

  @Test
  void printsATable() throws IOException {
    try (FakeFormService service = new FakeFormService(3)) {
      assertThat(runShortly(service.address(), "--clients", "2", "--no-load"))
          .as("%s", err)
          .isZero();
    }
    assertThat(out.toString()).contains("closed loop").contains("\nset       uniform");
  }

  @Test
  void anOpenLoopReportsWhatWasDue() throws IOException {
    try (FakeFormService service = new FakeFormService(3)) {
      int exit =
          runShortly(
              service.address(),
              "--rate",
              "500",
              "--arrivals",
              "poisson",
              "--threads",
              "2",
              "--clients",
              "8",
              "-o",
              "json");
      assertThat(exit).as("%s", err).isZero();
    }
    JsonNode document = JSON.readTree(out.toString());
    assertThat(document.path("pace").asString()).isEqualTo("poisson");
    assertThat(document.path("rate").asInt()).isEqualTo(500);
    assertThat(document.path("rows").get(0).path("openLoop").path("due").asLong())
        .isBetween(30L, 250L);
  }

  @Test
  void everyWorkloadGoesThroughTheRestDoor() throws IOException {
    try (FakeRestService service = new FakeRestService()) {
      int exit =
          runShortly(
              service.address(),
              "--door",
              "rest",
              "--clients",
              "3",
              "--threads",
              "2",
              "--workload",
              "a,b,c,d,e,f,set,get",
              "-o",
              "json");
      assertThat(exit).as("%s %s", out, err).isZero();
      assertThat(service.scans()).isPositive();
      assertThat(service.size()).as("d and e insert").isGreaterThan(200);
    }
    JsonNode rows = JSON.readTree(out.toString()).path("rows");
    assertThat(rows.get(4).path("kinds").has("scan")).isTrue();
    assertThat(rows.get(5).path("kinds").has("modify")).isTrue();
  }

  @Test
  void failedOperationsMakeTheCommandFail() throws IOException {
    try (FakeFormService service = new FakeFormService(3)) {
      service.intercept((_, _) -> FakeFormService.refuse(503, "NO_LEADER", "not_applied"));
      assertThat(runShortly(service.address())).isEqualTo(1);
    }
    assertThat(out.toString()).contains("failed: NO_LEADER (NOT_APPLIED)");
  }

  @Test
  void whatADoorCannotCarryIsRefusedAndSaysWhichCan() {
    assertThat(run("--door", "form", "--workload", "e")).isEqualTo(2);
    assertThat(run("--door", "stream", "--workload", "a,e")).isEqualTo(2);
    assertThat(run("--door", "form", "--workload", "f")).isEqualTo(2);
    assertThat(err.toString())
        .contains("workload e scans: only --door rest")
        .contains("workload f writes on condition");
  }

  @Test
  void wrongUsageIsExitCodeTwo() {
    for (String[] arguments :
        new String[][] {
          {"--workload", "z"},
          {"--clients", "0"},
          {"--clients", "1,x"},
          {"--threads", "0"},
          {"--keys", "0"},
          {"--rate", "0"},
          {"--backlog", "-1", "--rate", "5"},
          {"--seconds", "0"},
          {"--value-bytes", "-1"},
          {"--timeout", "0"},
          {"--door", "form", "--separate-connections"},
          {"--door", "stream", "--nodes", "127.0.0.1:1"}
        }) {
      assertThat(run(arguments)).as(String.join(" ", arguments)).isEqualTo(2);
    }
  }

  @Test
  void theStreamDoorSaysWhenThereIsNoCluster() {
    assertThat(run("--door", "stream", "--data-dir", "/nowhere")).isEqualTo(1);
    assertThat(run("--door", "stream", "--nodes", "127.0.0.1:1", "--cluster", "c")).isEqualTo(1);
    assertThat(err.toString()).contains("cluster.json").contains("no node says");
  }

  @Test
  void theHelpTeaches() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString())
        .contains("50 % reads, 50 % updates")
        .contains("latency")
        .contains("Examples:")
        .contains("--separate-connections");
  }
}
