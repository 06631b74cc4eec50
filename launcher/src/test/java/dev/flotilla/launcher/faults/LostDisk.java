package dev.flotilla.launcher.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.launcher.cluster.NodeView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/**
 * A follower comes back with an empty disk under its old name, and later with its old disk. It must
 * not vote as its former self; each time it has to catch up as a learner and be promoted.
 */
final class LostDisk implements Fault {
  private static final Pattern NOT_COUNTED =
      Pattern.compile("node \\d+ is bound to replica \\w+, what \\w+ says is not counted");

  private final boolean oldOneReturns;
  private int victim;
  private Path aside = Path.of("");
  private List<NodeLog> peers = List.of();

  private LostDisk(boolean oldOneReturns) {
    this.oldOneReturns = oldOneReturns;
  }

  static Fault wiped() {
    return new LostDisk(false);
  }

  static Fault oldOneReturns() {
    return new LostDisk(true);
  }

  @Override
  public String name() {
    return oldOneReturns ? "old disk returns" : "wiped disk";
  }

  @Override
  public void inject(FaultedCluster cluster) {
    victim = cluster.followers().getFirst();
    peers =
        cluster.victims().stream()
            .filter(id -> id != victim)
            .map(id -> new NodeLog(cluster, id))
            .toList();
    ServerProcess node = cluster.node(victim);
    Path folder = cluster.folder(victim);
    aside = folder.resolveSibling(folder.getFileName() + ".old");
    node.kill();
    Host.run("rm", "-rf", aside.toString());
    Host.run("mv", folder.toString(), aside.toString());
    node.start();
    awaitPromotion(cluster);
    if (oldOneReturns) {
      node.kill();
      Host.run("rm", "-rf", folder.toString());
      Host.run("mv", aside.toString(), folder.toString());
      node.start();
      awaitPromotion(cluster);
    }
  }

  private void awaitPromotion(FaultedCluster cluster) {
    Awaitility.await("n" + victim + " votes again")
        .atMost(Duration.ofSeconds(180))
        .pollInterval(Duration.ofMillis(50))
        .until(() ->
            cluster
                .replica(victim)
                .filter(replica -> replica.leader() != null)
                .filter(replica -> replica.state().equals("FOLLOWER"))
                .isPresent());
  }

  @Override
  public String shown(FaultedCluster cluster) {
    List<NodeView.Replica> replicas = cluster.replica(victim).stream().toList();
    assertThat(replicas).as("n" + victim).hasSize(1);
    assertThat(cluster.folder(victim)).isDirectory();
    // A voter it is by now; before that its leader took it for the stranger that it was.
    String distrust =
        peers.stream()
            .flatMap(peer -> peer.tells(NOT_COUNTED).stream())
            .findFirst()
            .orElseThrow(() -> new AssertionError("n" + victim + " was taken for its former self"));
    return "n"
        + victim
        + " was given another disk; "
        + distrust
        + "; now "
        + replicas.getFirst().state();
  }

  @Override
  public void heal(FaultedCluster cluster) {
    if (victim > 0 && !cluster.node(victim).isAlive()) {
      cluster.node(victim).start();
    }
  }
}
