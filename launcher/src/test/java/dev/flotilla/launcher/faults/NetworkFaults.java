package dev.flotilla.launcher.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.launcher.cluster.NodeView;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.awaitility.Awaitility;

/** Links that are cut, in one direction or both, leak, or are too thin. */
final class NetworkFaults {
  private NetworkFaults() {}

  /** Which packets of the leader's are lost. */
  private enum Cut {
    BOTH_WAYS("leader cut off, clients reach it"),
    FROM_LEADER("leader is not heard by its followers"),
    TO_LEADER("leader does not hear its followers"),
    /** What leaves for a follower is lost on the leader's own host, which then says so. */
    BLACK_HOLE("leader's routes to its followers are gone");

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

  static Fault leaderInABlackHole() {
    return new LeaderCut(Cut.BLACK_HOLE);
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
        switch (cut) {
          case BOTH_WAYS -> {
            network.dropFrom(follower, network.address(victim), 100);
            network.dropFrom(victim, network.address(follower), 100);
          }
          case FROM_LEADER -> network.dropFrom(follower, network.address(victim), 100);
          case TO_LEADER -> network.dropFrom(victim, network.address(follower), 100);
          case BLACK_HOLE -> network.swallow(victim, network.address(follower));
        }
      }
      outcome = cluster.awaitTakeover(victim, oldTerm, blow).toString();
    }

    @Override
    public String shown(FaultedCluster cluster) {
      String seen;
      if (cut == Cut.BLACK_HOLE) {
        long holes = cluster.namespaces().swallows(victim);
        assertThat(holes).as("routes that lead nowhere").isPositive();
        seen = holes + " routes of n" + victim + " lead nowhere, ";
      } else {
        long dropped = filtered.stream().mapToLong(cluster.namespaces()::dropped).sum();
        assertThat(dropped).as("packets dropped").isPositive();
        seen = dropped + " packets dropped around n" + victim + ", ";
      }
      // The old leader notices, though nobody can tell it.
      Awaitility.await("n" + victim + ", which is cut off, does not lead any more")
          .until(() -> cluster.replica(victim).filter(replica -> !replica.leads()).isPresent());
      return seen + outcome + "; " + OwnDoor.refuses(cluster, victim);
    }

    @Override
    public void heal(FaultedCluster cluster) {
      filtered.forEach(cluster.namespaces()::letThrough);
      if (victim > 0) {
        cluster.namespaces().swallowNothing(victim);
      }
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
    private static final long MAX_MORE_HEAP_KIB = 64 << 10;

    private int victim;
    private int leader;
    private long snapshotsBefore;
    private long positionAtFirst;
    private long compactionsAtFirst;
    private long heapAtFirst;

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
      leader = cluster.awaitLeader();
      snapshotsBefore = number(cluster, victim, NodeView.Replica::snapshotsInstalled);
      compactionsAtFirst = number(cluster, leader, NodeView.Replica::compactions);
      positionAtFirst = number(cluster, leader, NodeView.Replica::commitIndex);
      heapAtFirst = Resources.liveHeapKib(cluster.node(leader).pid());
      cluster.namespaces().narrow(victim, "400kbit");
    }

    private static long number(
        FaultedCluster cluster, int node, ToLongFunction<NodeView.Replica> property) {
      return cluster.replica(node).map(property::applyAsLong).orElse(0L);
    }

    @Override
    public String shown(FaultedCluster cluster) {
      long dropped = cluster.namespaces().droppedByNarrowLink(victim);
      assertThat(dropped).as("packets that did not fit").isPositive();
      Awaitility.await("the leader's log is shortened although n" + victim + " is behind")
          .until(() ->
              cluster.awaitLeader() != leader
                  || number(cluster, leader, NodeView.Replica::compactions)
                      >= compactionsAtFirst + 3);
      String heap = "";
      if (cluster.node(leader).isAlive()) {
        long grown = Resources.liveHeapKib(cluster.node(leader).pid()) - heapAtFirst;
        assertThat(grown).as("KiB more on the leader's heap").isLessThan(MAX_MORE_HEAP_KIB);
        heap = ", the leader's heap grew by " + grown + " KiB";
      }
      long behind = number(cluster, leader, NodeView.Replica::commitIndex) - positionAtFirst;
      return dropped
          + " packets did not fit the link to n"
          + victim
          + ", "
          + behind
          + " entries meanwhile"
          + heap;
    }

    @Override
    public void heal(FaultedCluster cluster) {
      cluster.namespaces().widen(victim);
      Awaitility.await("n" + victim + " answers").until(() -> cluster.replica(victim).isPresent());
    }

    @Override
    public void judge(FaultTrial.Course course) {
      assertThat(number(course.cluster(), victim, NodeView.Replica::snapshotsInstalled))
          .as("snapshots that n" + victim + " took in place of what it had missed")
          .isGreaterThan(snapshotsBefore);
    }
  }
}
