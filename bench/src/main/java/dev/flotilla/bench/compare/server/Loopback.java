package dev.flotilla.bench.compare.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Addresses of this machine, and the programs on it. */
final class Loopback {

  static final String HOST = "127.0.0.1";

  private Loopback() {}

  /**
   * Consecutive addresses.
   *
   * @throws IOException when somebody listens at one of them already
   */
  static List<String> addresses(int firstPort, int count) throws IOException {
    for (int port = firstPort; port < firstPort + count; port++) {
      checkFree(port);
    }
    return IntStream.range(firstPort, firstPort + count).mapToObj(Loopback::address).toList();
  }

  static String address(int port) {
    return HOST + ":" + port;
  }

  static void checkFree(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      // As servers do: what a connection left behind does not count as taken.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(HOST), port));
    } catch (IOException e) {
      throw new IOException("port " + port + " is taken; see --base-port", e);
    }
  }

  static boolean isOnPath(String program) {
    return List.of(System.getenv().getOrDefault("PATH", "").split(":")).stream()
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  /** The first line a program prints. */
  static String firstLine(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String line;
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      line = reader.readLine();
      reader.transferTo(Writer.nullWriter());
    }
    process.waitFor();
    return line == null ? "" : line.strip();
  }
}
