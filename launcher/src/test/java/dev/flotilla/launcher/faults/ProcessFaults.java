package dev.flotilla.launcher.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** Processes that die or stand still. */
final class ProcessFaults {
  private ProcessFaults() {}

  static Fault killLeader() {
    return new KillNode("kill -9 of the leader", true);
  }

  static Fault killFollower() {
    return new KillNode("kill -9 of a follower", false);
  }

  private static final class KillNode implements Fault {
    private final String name;
    private final boolean leader;
    private int victim;
    private String outcome = "";
    private int exit;

    KillNode(String name, boolean leader) {
      this.name = name;
      this.leader = leader;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public void inject(FaultedCluster cluster) {
      long oldTerm = cluster.term();
      victim = leader ? cluster.awaitLeader() : cluster.followers().getFirst();
      long blow = System.nanoTime();
      cluster.node(victim).kill();
      exit = cluster.node(victim).awaitEnd(Duration.ZERO);
      outcome =
          leader
              ? cluster.awaitTakeover(victim, oldTerm, blow).toString()
              : "n" + cluster.awaitLeader() + " goes on leading";
    }

    @Override
    public String shown(FaultedCluster cluster) {
      assertThat(exit).isEqualTo(128 + 9);
      assertThat(cluster.node(victim).isAlive()).isFalse();
      return "n" + victim + " ended by signal 9, " + outcome;
    }

    @Override
    public void heal(FaultedCluster cluster) {
      if (!cluster.node(victim).isAlive()) {
        cluster.node(victim).start();
      }
    }
  }

  /** All nodes and the balancer, as near to at once as it gets. */
  static final class KillAll implements Fault {
    private int ended;

    @Override
    public String name() {
      return "kill -9 of all";
    }

    @Override
    public boolean hurtsAll() {
      return true;
    }

    private static List<ServerProcess> all(FaultedCluster cluster) {
      List<ServerProcess> all = new ArrayList<>(cluster.nodes());
      all.add(cluster.balancer());
      return all;
    }

    @Override
    public void inject(FaultedCluster cluster) {
      List<Thread> killers = new ArrayList<>();
      for (ServerProcess process : all(cluster)) {
        killers.add(Thread.ofVirtual().start(process::kill));
      }
      for (Thread killer : killers) {
        try {
          killer.join();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      ended =
          (int)
              all(cluster).stream()
                  .filter(process -> process.awaitEnd(Duration.ZERO) == 137)
                  .count();
    }

    @Override
    public String shown(FaultedCluster cluster) {
      assertThat(ended).isEqualTo(cluster.nodes().size() + 1);
      return ended + " processes ended by signal 9";
    }

    /** Healed means started again and ready: the time until then is the machine's, not ours. */
    @Override
    public void heal(FaultedCluster cluster) {
      for (ServerProcess process : all(cluster)) {
        if (!process.isAlive()) {
          process.start();
        }
      }
      cluster.awaitHealthy();
    }
  }

  /** The leader stands still and goes on as if nothing had happened. */
  static final class Pause implements Fault {
    private int victim;
    private String outcome = "";

    @Override
    public String name() {
      return "SIGSTOP of the leader";
    }

    @Override
    public void inject(FaultedCluster cluster) {
      long oldTerm = cluster.term();
      victim = cluster.awaitLeader();
      long blow = System.nanoTime();
      cluster.node(victim).signal("STOP");
      Awaitility.await("stopped").until(() -> cluster.node(victim).state() == 'T');
      outcome = cluster.awaitTakeover(victim, oldTerm, blow).toString();
    }

    @Override
    public String shown(FaultedCluster cluster) {
      char state = cluster.node(victim).state();
      assertThat(state).isEqualTo('T');
      return "n" + victim + " in state T, " + outcome;
    }

    @Override
    public void heal(FaultedCluster cluster) {
      cluster.node(victim).signal("CONT");
    }
  }
}
