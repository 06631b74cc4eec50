package dev.flotilla.bench.compare.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Three JVMs of a rival that is built apart, under {@code bench/compare}. */
public final class RivalStarter implements Starter {

  private static final int SERVERS = 3;

  private final String name;
  private final String mainClass;
  private final String artifact;
  private final int ports;

  /**
   * @param name of its folder
   * @param mainClass of a server; its arguments are a directory, the server's number counting from
   *     0, and the addresses of all
   * @param artifact whose version is the rival's
   * @param ports offset of its first port
   */
  public RivalStarter(String name, String mainClass, String artifact, int ports) {
    this.name = name;
    this.mainClass = mainClass;
    this.artifact = artifact;
    this.ports = ports;
  }

  @Override
  public Optional<String> missing(Site site) {
    return site.rivalVersion(name, artifact).isPresent()
        ? Optional.empty()
        : Optional.of("bench/compare/" + name + " is not built; bench/compare/run builds it");
  }

  @Override
  public String version(Site site) {
    return site.rivalVersion(name, artifact).orElse("unknown");
  }

  @Override
  public String clientClassPath(Site site) throws IOException {
    return site.rivalClassPath(name);
  }

  @Override
  public Servers start(Site site, Processes processes) throws IOException {
    List<String> addresses = Loopback.addresses(site.basePort() + ports, SERVERS);
    List<Long> pids = new ArrayList<>();
    for (int i = 0; i < SERVERS; i++) {
      List<String> command = new ArrayList<>(site.serverJvm(site.rivalClassPath(name)));
      command.add(mainClass);
      command.add(processes.directory().resolve("n" + i).toString());
      command.add(Integer.toString(i));
      command.addAll(addresses);
      pids.add(processes.start("n" + i, command, site.serverEnvironment()).pid());
    }
    return new Servers("", addresses, pids);
  }
}
