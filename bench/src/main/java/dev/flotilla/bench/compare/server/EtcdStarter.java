package dev.flotilla.bench.compare.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Three members of etcd. */
public final class EtcdStarter implements Starter {

  private static final int MEMBERS = 3;
  private static final int CLIENT_PORTS = 100;
  private static final int PEER_PORTS = 110;
  // A store that holds every revision of a run must not run into its default limit of 2 GiB.
  private static final long QUOTA_BYTES = 8L << 30;

  @Override
  public Optional<String> missing(Site site) {
    return Loopback.isOnPath("etcd")
        ? Optional.empty()
        : Optional.of("there is no etcd on the PATH; install it with: apt install etcd-server");
  }

  @Override
  public String version(Site site) throws IOException, InterruptedException {
    return Loopback.firstLine("etcd", "--version").replace("etcd Version: ", "");
  }

  @Override
  public String clientClassPath(Site site) {
    return site.flotillaClassPath();
  }

  /** As shipped: its log is synced before a proposal counts, and reads are linearizable. */
  @Override
  public Servers start(Site site, Processes processes) throws IOException {
    List<String> clients = Loopback.addresses(site.basePort() + CLIENT_PORTS, MEMBERS);
    List<String> peers = Loopback.addresses(site.basePort() + PEER_PORTS, MEMBERS);
    List<String> cluster = new ArrayList<>();
    for (int i = 0; i < MEMBERS; i++) {
      cluster.add("n" + i + "=http://" + peers.get(i));
    }
    List<Long> pids = new ArrayList<>();
    for (int i = 0; i < MEMBERS; i++) {
      List<String> command =
          List.of(
              "etcd",
              "--name=n" + i,
              "--data-dir=" + processes.directory().resolve("n" + i),
              "--listen-client-urls=http://" + clients.get(i),
              "--advertise-client-urls=http://" + clients.get(i),
              "--listen-peer-urls=http://" + peers.get(i),
              "--initial-advertise-peer-urls=http://" + peers.get(i),
              "--initial-cluster=" + String.join(",", cluster),
              "--initial-cluster-state=new",
              "--initial-cluster-token=compare",
              "--quota-backend-bytes=" + QUOTA_BYTES,
              "--logger=zap",
              "--log-level=error");
      pids.add(processes.start("n" + i, command, Map.of()).pid());
    }
    return new Servers("", clients, pids);
  }
}
