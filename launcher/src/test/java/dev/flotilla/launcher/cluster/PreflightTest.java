package dev.flotilla.launcher.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.config.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreflightTest {
  @TempDir Path directory;

  @Test
  void aTakenPortIsNamedWithItsHolder() throws IOException {
    assumeThat(Files.isReadable(Path.of("/proc/net/tcp"))).isTrue();
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = socket.getLocalPort();
      assertThatExceptionOfType(Failure.class)
          .isThrownBy(() ->
              Preflight.portsAreFree(
                  Map.of("n1 grpc", new HostPort("127.0.0.1", port)), "Choose another."))
          .withMessageStartingWith(
              "A port is taken:\n  port " + port + " (n1 grpc, 127.0.0.1:" + port)
          .withMessageContaining("held by pid " + ProcessHandle.current().pid() + " (java)")
          .satisfies(e -> {
            assertThat(e.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(e.advice()).isEqualTo("Choose another.");
          });
    }
  }

  @Test
  void everyTakenPortIsListed() throws IOException {
    try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket two = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatExceptionOfType(Failure.class)
          .isThrownBy(() ->
              Preflight.portsAreFree(
                  Map.of(
                      "a", new HostPort("127.0.0.1", one.getLocalPort()),
                      "b", new HostPort("127.0.0.1", two.getLocalPort())),
                  ""))
          .withMessageStartingWith("2 ports are taken:")
          .withMessageContaining("port " + one.getLocalPort())
          .withMessageContaining("port " + two.getLocalPort());
    }
  }

  @Test
  void aFreePortPasses() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Preflight.portsAreFree(Map.of("n1 http", new HostPort("127.0.0.1", port)), "");
  }

  @Test
  void aDirectoryInUseNamesItsHolderAndStaysLocked() throws Exception {
    try (DataDirectoryLock lock = DataDirectoryLock.acquire(directory, Duration.ZERO)) {
      for (int i = 0; i < 2; i++) {
        assertThatExceptionOfType(Failure.class)
            .isThrownBy(() -> DataDirectoryLock.acquire(directory, Duration.ZERO))
            .withMessageContaining(
                "in use by another flotilla (pid " + ProcessHandle.current().pid() + ")");
      }
    }
    DataDirectoryLock.acquire(directory, Duration.ZERO).close();
  }
}
