package dev.flotilla.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.bench.fake.FakeFormService;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BenchCommandTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private FakeFormService service;

  @BeforeEach
  void start() throws IOException {
    service = new FakeFormService(3);
  }

  @AfterEach
  void stop() throws IOException {
    service.close();
  }

  private int bench(String... arguments) {
    CommandLine command = BenchCommand.commandLine();
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(err));
    return command.execute(arguments);
  }

  private String url() {
    return "http://127.0.0.1:" + service.address().getPort();
  }

  @Test
  void ledgerPrintsLinesOfJson() {
    int exit = bench("ledger", "--url", url(), "--seconds", "1", "--workers", "2", "--pause", "1");
    assertThat(exit).as("%s %s", out, err).isZero();
    List<JsonNode> lines = out.toString().lines().map(JSON::readTree).toList();
    assertThat(lines)
        .extracting(line -> line.path("event").asString())
        .containsExactly("started", "progress", "verdict");
    assertThat(lines.getLast().path("clean").asBoolean()).isTrue();
    assertThat(lines.getLast().path("acked").asLong()).isPositive();
  }

  @Test
  void wrongUsageIsExitCodeTwo() {
    assertThat(bench("run", "--url", "https://x")).isEqualTo(2);
    assertThat(bench("ledger", "--url", url(), "--value-bytes", "3")).isEqualTo(2);
    assertThat(bench()).isEqualTo(2);
    assertThat(err.toString()).contains("http://host:port").contains("run, ledger or kill");
  }

  @Test
  void everyCommandExplainsItself() {
    assertThat(bench("--help")).isZero();
    assertThat(bench("run", "--help")).isZero();
    assertThat(bench("ledger", "--help")).isZero();
    assertThat(bench("kill", "--help")).isZero();
    assertThat(out.toString()).contains("--value-bytes").contains("--restart");
  }
}
