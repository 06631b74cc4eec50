package dev.flotilla.launcher.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.launcher.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the systemd units must say, and what they must not. */
class UnitFilesTest {
  private static final Path UNITS = Path.of("..", "deploy", "systemd").toAbsolutePath().normalize();
  private static final String NODE = "flotilla-node@.service";
  private static final String BALANCER = "flotilla-balancer.service";

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
}
