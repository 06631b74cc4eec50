package dev.flotilla.launcher.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.launcher.cluster.NodeView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * A follower comes back with an empty disk under its old name, and later with its old disk. It must
 * not vote as its former self; each time it has to catch up as a learner and be promoted.
 */
final class LostDisk implements Fault {
  private final boolean oldOneReturns;
  private int victim;
  private Path aside = Path.of("");

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
        .atMost(Duration.ofSeconds(60))
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
    return "n" + victim + " was given another disk, and is " + replicas.getFirst().state();
  }

  @Override
  public void heal(FaultedCluster cluster) {
    if (victim > 0 && !cluster.node(victim).isAlive()) {
      cluster.node(victim).start();
    }
  }
}
