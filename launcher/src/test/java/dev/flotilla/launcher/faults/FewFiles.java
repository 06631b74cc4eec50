package dev.flotilla.launcher.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The leader and the balancer may open no more than 200 files, and strangers take what is left. */
final class FewFiles implements Fault {
  private static final int LIMIT = 200;
  private static final int STRANGERS = 150;

  private final List<Socket> strangers = new ArrayList<>();
  private final List<ServerProcess> limited = new ArrayList<>();
  private final List<String> before = new ArrayList<>();
  private int hungUp;
  private int most;

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
    int victim = cluster.awaitLeader();
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
    // Now, for the doors send away whoever says nothing for some seconds.
    limited.forEach(process -> most = Math.max(most, process.openFiles()));
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
    assertThat(most).as("open files when the strangers had come").isGreaterThan(LIMIT - 10);
    List<String> held = new ArrayList<>();
    for (ServerProcess process : limited) {
      held.add(
          process.isAlive()
              ? process.name() + " holds " + process.openFiles()
              : process.name() + " ended with " + process.awaitEnd(Duration.ZERO));
    }
    return strangers.size()
        + " strangers connected, "
        + hungUp
        + " did not; at most "
        + most
        + " files open, then "
        + held;
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
