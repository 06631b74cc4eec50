package dev.flotilla.launcher.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.flotilla.launcher.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the systemd units must say, and what they must not. */
class UnitFilesTest {
  private static final Path UNITS = Path.of("..", "deploy", "systemd").toAbsolutePath().normalize();
  private static final String NODE = "flotilla-node@.service";
  private static final String BALANCER = "flotilla-balancer.service";
  private static final Path ANALYZE = Path.of("/usr/bin/systemd-analyze");
  private static final Path TARGETS = Path.of("/usr/lib/systemd/system");

  @TempDir private Path root;

  private static List<String> unit(String name) throws IOException {
    return Files.readAllLines(UNITS.resolve(name)).stream()
        .filter(line -> !line.startsWith("#"))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {NODE, BALANCER})
  void servicesAreLockedInAndTheJvmMayCompile(String name) throws IOException {
    assertThat(unit(name))
        .contains(
            "User=flotilla",
            "NoNewPrivileges=yes",
            "ProtectSystem=strict",
            "CapabilityBoundingSet=",
            "SystemCallFilter=@system-service",
            "StateDirectory=flotilla",
            "LimitNOFILE=65536",
            "Restart=on-failure")
        .noneMatch(line -> line.startsWith("MemoryDenyWriteExecute"))
        .noneMatch(line -> line.contains("--bootstrap"));
  }

  @Test
  void aNodeIsNotStartedAgainWhenItsDiskOrItsConfigurationIsBad() throws IOException {
    assertThat(unit(NODE))
        .contains(
            "RestartPreventExitStatus=" + ExitCode.STORAGE + " " + ExitCode.BAD_CONFIGURATION,
            "RequiresMountsFor=/var/lib/flotilla",
            "TimeoutStopSec=60");
  }

  /** Understood in every line, and of an exposure of 2.0 at most, of 10. */
  @ParameterizedTest
  @ValueSource(strings = {"flotilla-node@n1.service", BALANCER})
  void systemdUnderstandsThemAndFindsThemHardened(String instance) throws Exception {
    assumeTrue(
        Files.isExecutable(ANALYZE) && Files.isDirectory(TARGETS), "systemd is not installed here");
    Path units = Files.createDirectories(root.resolve("etc/systemd/system"));
    for (String name : List.of(NODE, BALANCER)) {
      Files.copy(UNITS.resolve(name), units.resolve(name));
    }
    Path targets = Files.createDirectories(root.resolve("usr/lib/systemd/system"));
    try (DirectoryStream<Path> installed = Files.newDirectoryStream(TARGETS, "*.target")) {
      for (Path target : installed) {
        Files.copy(target, targets.resolve(target.getFileName()));
      }
    }
    Path start = root.resolve("opt/flotilla/start");
    Files.createDirectories(start.getParent());
    Files.copy(UNITS.resolveSibling("docker").resolve("start"), start);
    assertThat(start.toFile().setExecutable(true)).isTrue();
    // Whatever it does not understand it says, and ends with 0 all the same.
    assertThat(analyze("verify", "--root=" + root, instance)).isEmpty();
    assertThat(analyze("security", "--offline=true", "--threshold=20", "--root=" + root, instance))
        .contains("Overall exposure level for " + instance);
  }

  private static String analyze(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(ANALYZE.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C.UTF-8");
    Process process = builder.start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    return printed;
  }
}
