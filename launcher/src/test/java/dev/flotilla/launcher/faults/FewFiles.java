package dev.flotilla.launcher.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The leader and the balancer may open no more than 200 files, and strangers take what is left. */
final class FewFiles implements Fault {
  private static final int LIMIT = 200;
  private static final int STRANGERS = 150;

  private final List<Socket> strangers = new ArrayList<>();
  private final List<ServerProcess> limited = new ArrayList<>();
  private final List<String> before = new ArrayList<>();
  private int hungUp;
  private int victim;

  @Override
  public String name() {
    return LIMIT + " open files at most, and many strangers";
  }

  @Override
  public boolean hurtsAll() {
    return true;
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.PRLIMIT);
  }

  @Override
  public void inject(FaultedCluster cluster) {
    victim = cluster.awaitLeader();
    limited.add(cluster.node(victim));
    limited.add(cluster.balancer());
    limited.forEach(process -> {
      before.add(softLimit(process));
      limit(process, Integer.toString(LIMIT));
    });
    for (String address :
        List.of(
            cluster.grpcAddress(victim), cluster.httpAddress(victim), cluster.balancerAddress())) {
      for (int i = 0; i < STRANGERS; i++) {
        knock(address);
      }
    }
  }

  private static String softLimit(ServerProcess process) {
    return Host.run(
            "prlimit",
            "--pid",
            Long.toString(process.pid()),
            "--nofile",
            "--noheadings",
            "--output",
            "SOFT")
        .strip();
  }

  /** The soft limit only, so that it can be lifted again. */
  private static void limit(ServerProcess process, String files) {
    Host.run("prlimit", "--pid", Long.toString(process.pid()), "--nofile=" + files + ":");
  }

  private void knock(String address) {
    int colon = address.lastIndexOf(':');
    Socket socket = new Socket();
    try {
      socket.connect(
          new InetSocketAddress(
              address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
          500);
      strangers.add(socket);
    } catch (IOException e) {
      hungUp++;
    }
  }

  @Override
  public String shown(FaultedCluster cluster) {
    List<String> held = new ArrayList<>();
    int most = 0;
    for (ServerProcess process : limited) {
      if (process.isAlive()) {
        most = Math.max(most, process.openFiles());
        held.add(process.name() + " holds " + process.openFiles());
      } else {
        held.add(process.name() + " ended with " + process.awaitEnd(java.time.Duration.ZERO));
      }
    }
    // The doors close what is too much before the process's own files are short of descriptors.
    assertThat(most).as("open files").isBetween(LIMIT / 2, LIMIT - 1);
    assertThat(doorLimits(cluster)).as("connections refused by n" + victim).isPositive();
    return strangers.size() + " strangers connected, " + hungUp + " did not; " + held;
  }

  private long doorLimits(FaultedCluster cluster) {
    try (PlainHttp http = new PlainHttp(cluster.httpAddress(victim))) {
      String metrics = http.send("GET", "/metrics", Map.of(), new byte[0], 5_000).body();
      return metrics
          .lines()
          .filter(line -> line.startsWith("flotilla_node_connections_refused_total"))
          .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf('}') + 1)))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void heal(FaultedCluster cluster) {
    for (Socket stranger : strangers) {
      try {
        stranger.close();
      } catch (IOException e) {
        // Gone already.
      }
    }
    for (int i = 0; i < limited.size(); i++) {
      ServerProcess process = limited.get(i);
      if (process.isAlive()) {
        limit(process, before.get(i));
      } else {
        process.start();
      }
    }
  }
}
