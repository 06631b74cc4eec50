package dev.flotilla.bench.compare.server;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One Redis, not replicated, that syncs its file of commands before it answers. */
public final class RedisStarter implements Starter {

  private static final int PORT = 200;

  @Override
  public Optional<String> missing(Site site) {
    return Loopback.isOnPath("redis-server")
        ? Optional.empty()
        : Optional.of(
            "there is no redis-server on the PATH; install it with: apt install redis-server");
  }

  @Override
  public String version(Site site) throws IOException, InterruptedException {
    // Redis server v=7.0.15 sha=...
    return Loopback.firstLine("redis-server", "--version").replaceAll(".*\\bv=(\\S+).*", "$1");
  }

  @Override
  public String clientClassPath(Site site) {
    return site.flotillaClassPath();
  }

  /** Without the snapshots it makes by default: its file of commands already holds everything. */
  @Override
  public Servers start(Site site, Processes processes) throws IOException {
    int port = site.basePort() + PORT;
    List<String> address = Loopback.addresses(port, 1);
    List<String> command =
        List.of(
            "redis-server",
            "--bind",
            Loopback.HOST,
            "--port",
            Integer.toString(port),
            "--dir",
            processes.directory().toString(),
            "--appendonly",
            "yes",
            "--appendfsync",
            "always",
            "--save",
            "",
            "--daemonize",
            "no");
    return new Servers("", address, List.of(processes.start("redis", command, Map.of()).pid()));
  }
}
