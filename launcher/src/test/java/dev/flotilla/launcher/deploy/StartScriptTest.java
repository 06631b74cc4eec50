package dev.flotilla.launcher.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What the start script tells a node: above all, when it may begin its groups. */
@EnabledOnOs(OS.LINUX)
class StartScriptTest {
  private static final Path SCRIPT =
      Path.of("..", "deploy", "docker", "start").toAbsolutePath().normalize();

  @TempDir private Path directory;

  @BeforeEach
  void putAnEchoInThePlaceOfTheProgram() throws IOException {
    Files.copy(SCRIPT, directory.resolve("start"));
    Files.writeString(directory.resolve("flotilla"), "#!/usr/bin/env bash\necho \"$*\"\n");
    for (String name : List.of("start", "flotilla")) {
      Files.setPosixFilePermissions(
          directory.resolve(name), PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  private record Ran(int exitCode, String output, String complaint) {}

  private Ran start(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(directory.resolve("start").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("BOOTSTRAP_UNTIL_FILE", word().toString());
    builder.environment().putAll(environment);
    Path errors = directory.resolve("errors");
    builder.redirectError(errors.toFile());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return new Ran(process.exitValue(), output.strip(), Files.readString(errors).strip());
  }

  private Path word() {
    return directory.resolve("bootstrap-until");
  }

  private static String in(Duration time) {
    return Instant.now().plus(time).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  @Test
  void withoutTheWordNobodyBegins() throws Exception {
    Ran ran = start(Map.of(), "node", "--name", "n1");
    assertThat(ran.output()).isEqualTo("node --name n1");
    assertThat(ran.complaint()).isEmpty();
  }

  @Test
  void untilItsEndNodesBegin() throws Exception {
    Files.writeString(word(), in(Duration.ofMinutes(10)));
    Ran ran = start(Map.of(), "node", "--name", "n1");
    assertThat(ran.output()).isEqualTo("node --name n1 --bootstrap");
    assertThat(ran.complaint()).contains("may begin their groups");
  }

  @Test
  void afterItsEndItSaysNothing() throws Exception {
    Files.writeString(word(), in(Duration.ofMinutes(-1)) + "\n");
    Ran ran = start(Map.of(), "node", "--name", "n1");
    assertThat(ran.output()).isEqualTo("node --name n1");
    assertThat(ran.complaint()).isEmpty();
  }

  @Test
  void onlyNodesAreTold() throws Exception {
    Files.writeString(word(), in(Duration.ofMinutes(10)));
    assertThat(start(Map.of(), "balancer", "--config", "c").output())
        .isEqualTo("balancer --config c");
    assertThat(start(Map.of()).output()).isEmpty();
  }

  @Test
  void aWordWithoutAnEndInSightIsIgnoredAloud() throws Exception {
    Files.writeString(word(), in(Duration.ofDays(2)));
    Ran ran = start(Map.of(), "node", "n1");
    assertThat(ran.output()).isEqualTo("node n1");
    assertThat(ran.complaint()).contains("is ignored").contains("more than a day ahead");
  }

  @Test
  void nonsenseIsIgnoredAloudAndKeepsNoNodeFromStarting() throws Exception {
    Files.writeString(word(), "tomorrow");
    Ran ran = start(Map.of(), "node", "n1");
    assertThat(ran.exitCode()).isZero();
    assertThat(ran.output()).isEqualTo("node n1");
    assertThat(ran.complaint()).contains("is ignored").contains("tomorrow");
  }

  @Test
  void theWordIsInUtcWhateverTheMachineThinks() throws Exception {
    Files.writeString(word(), in(Duration.ofMinutes(30)));
    for (String zone : List.of("Pacific/Kiritimati", "America/Los_Angeles")) {
      assertThat(start(Map.of("TZ", zone), "node", "n1").output()).endsWith("--bootstrap");
    }
    Files.writeString(word(), in(Duration.ofMinutes(-30)));
    for (String zone : List.of("Pacific/Kiritimati", "America/Los_Angeles")) {
      assertThat(start(Map.of("TZ", zone), "node", "n1").output()).isEqualTo("node n1");
    }
  }

  @Test
  void inAStatefulSetThePodsOrdinalSaysWhichNodeItIs() throws Exception {
    Map<String, String> third = Map.of("NODE_NUMBER_BASE", "200", "POD_NAME", "flotilla-g2-2");
    assertThat(start(third, "node", "--config", "c").output())
        .isEqualTo("node --config c --name n203");
    assertThat(start(third, "balancer").output()).isEqualTo("balancer");
    Ran nameless = start(Map.of("NODE_NUMBER_BASE", "200", "POD_NAME", "flotilla"), "node");
    assertThat(nameless.exitCode()).isEqualTo(78);
    assertThat(nameless.complaint()).contains("POD_NAME");
  }
}
