package dev.flotilla.launcher.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.launcher.cluster.NodeView;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;

/** Links that are cut, in one direction or both, leak, or are too thin. */
final class NetworkFaults {
  private NetworkFaults() {}

  /** Which packets of the leader's are lost. */
  private enum Cut {
    BOTH_WAYS("leader cut off, clients reach it"),
    FROM_LEADER("leader is not heard by its followers"),
    TO_LEADER("leader does not hear its followers");

    private final String text;

    Cut(String text) {
      this.text = text;
    }
  }

  static Fault leaderCutOff() {
    return new LeaderCut(Cut.BOTH_WAYS);
  }

  static Fault leaderNotHeard() {
    return new LeaderCut(Cut.FROM_LEADER);
  }

  static Fault leaderDeaf() {
    return new LeaderCut(Cut.TO_LEADER);
  }

  /** The classic: the old leader goes on talking to clients and must not answer them any more. */
  private static final class LeaderCut implements Fault {
    private final Cut cut;
    private int victim;
    private String outcome = "";
    private List<Integer> filtered = List.of();

    LeaderCut(Cut cut) {
      this.cut = cut;
    }

    @Override
    public String name() {
      return cut.text;
    }

    @Override
    public Set<Need> needs() {
      return Set.of(Need.NAMESPACES, Need.NFT);
    }

    @Override
    public void inject(FaultedCluster cluster) {
      Namespaces network = cluster.namespaces();
      long oldTerm = cluster.term();
      List<Integer> followers = cluster.followers();
      victim = cluster.awaitLeader();
      filtered = cluster.victims();
      long blow = System.nanoTime();
      for (int follower : followers) {
        if (cut != Cut.TO_LEADER) {
          network.dropFrom(follower, network.address(victim), 100);
        }
        if (cut != Cut.FROM_LEADER) {
          network.dropFrom(victim, network.address(follower), 100);
        }
      }
      outcome = cluster.awaitTakeover(victim, oldTerm, blow).toString();
    }

    @Override
    public String shown(FaultedCluster cluster) {
      long dropped = 0;
      for (int node : filtered) {
        dropped += cluster.namespaces().dropped(node);
      }
      assertThat(dropped).as("packets dropped").isPositive();
      // The old leader notices, though nobody can tell it.
      Awaitility.await("n" + victim + ", which is cut off, does not lead any more")
          .until(
              () -> cluster.replica(victim).filter(replica -> !replica.leads()).isPresent());
      return dropped
          + " packets dropped around n"
          + victim
          + ", "
          + outcome
          + "; "
          + OwnDoor.refuses(cluster, victim);
    }

    @Override
    public void heal(FaultedCluster cluster) {
      filtered.forEach(cluster.namespaces()::letThrough);
    }
  }

  /** A follower that nobody hears and that hears nobody, clients and balancer included. */
  static final class FollowerCut implements Fault {
    private int victim;
    private long oldTerm;

    @Override
    public String name() {
      return "follower cut off from all";
    }

    @Override
    public Set<Need> needs() {
      return Set.of(Need.NAMESPACES, Need.NFT);
    }

    @Override
    public void inject(FaultedCluster cluster) {
      victim = cluster.followers().getFirst();
      oldTerm = cluster.term();
      cluster.namespaces().dropFrom(victim, cluster.namespaces().everybody(), 100);
    }

    @Override
    public String shown(FaultedCluster cluster) {
      long dropped = cluster.namespaces().dropped(victim);
      assertThat(dropped).as("packets dropped").isPositive();
      assertThat(cluster.replica(victim)).as("who cannot be reached").isEmpty();
      return dropped
          + " packets dropped before n"
          + victim
          + ", term "
          + oldTerm
          + " -> "
          + cluster.term();
    }

    @Override
    public void heal(FaultedCluster cluster) {
      cluster.namespaces().letThrough(victim);
    }
  }

  /** One packet in five between any two nodes is lost. */
  static final class PacketLoss implements Fault {
    private static final int PERCENT = 20;

    private long dropped;

    @Override
    public String name() {
      return PERCENT + " % packet loss between nodes";
    }

    @Override
    public Set<Need> needs() {
      return Set.of(Need.NAMESPACES, Need.NFT);
    }

    @Override
    public void inject(FaultedCluster cluster) {
      Namespaces network = cluster.namespaces();
      for (int node : cluster.victims()) {
        for (int peer : cluster.victims()) {
          if (peer != node) {
            network.dropFrom(node, network.address(peer), PERCENT);
          }
        }
      }
    }

    @Override
    public String shown(FaultedCluster cluster) {
      for (int node : cluster.victims()) {
        dropped += cluster.namespaces().dropped(node);
      }
      assertThat(dropped).as("packets dropped").isPositive();
      return dropped + " packets dropped";
    }

    @Override
    public void heal(FaultedCluster cluster) {
      cluster.victims().forEach(cluster.namespaces()::letThrough);
    }
  }

  /**
   * A follower behind a link that carries less than what is written. It falls behind; the leader
   * keeps a bounded part for it and has a snapshot for it later, and nobody else notices.
   */
  static final class ThinLink implements Fault {
    private int victim;
    private long snapshotsBefore;

    @Override
    public String name() {
      return "thin link to a follower";
    }

    @Override
    public Set<Need> needs() {
      return Set.of(Need.NAMESPACES, Need.TC);
    }

    @Override
    public int valueBytes() {
      return 16 << 10;
    }

    @Override
    public void inject(FaultedCluster cluster) {
      victim = cluster.followers().getFirst();
      snapshotsBefore = snapshots(cluster);
      cluster.namespaces().narrow(victim, "400kbit");
    }

    private long snapshots(FaultedCluster cluster) {
      return cluster.replica(victim).map(NodeView.Replica::snapshotsInstalled).orElse(0L);
    }

    @Override
    public String shown(FaultedCluster cluster) {
      long dropped = cluster.namespaces().droppedByNarrowLink(victim);
      assertThat(dropped).as("packets that did not fit").isPositive();
      return dropped + " packets did not fit the link to n" + victim;
    }

    @Override
    public void heal(FaultedCluster cluster) {
      cluster.namespaces().widen(victim);
      Awaitility.await("n" + victim + " answers").until(() -> cluster.replica(victim).isPresent());
    }

    @Override
    public void judge(FaultTrial.Course course) {
      // Whether it took a snapshot depends on how much was written in the time; both are right.
      assertThat(snapshots(course.cluster())).isGreaterThanOrEqualTo(snapshotsBefore);
    }
  }
}
