package dev.flotilla.raft.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Members that come, go and lose their disks, within what a group promises to survive: of the
 * voters of every membership that somebody holds, and of those it may turn into, a majority remains
 * that has never lost anything since it was bound.
 */
final class MemberChaos {
  private static final int FOUNDERS = 3;

  private static final int NODES = 5;

  private MemberChaos() {}

  /** Asks a node for a random membership made from the one it knows. */
  static void change(CoreCluster cluster, SimNode node, SplittableRandom random) {
    if (!node.isUp()) {
      return;
    }
    Membership current = node.status().membership();
    TreeSet<Integer> voters = new TreeSet<>();
    TreeSet<Integer> learners = new TreeSet<>();
    TreeMap<Integer, Member> members = new TreeMap<>(current.members());
    for (int id = 1; id <= NODES; id++) {
      Member member = current.member(id);
      boolean mayVote =
          !current.isBorn()
              || current.voters().contains(id)
              || (current.isLearner(id) && member.isBound());
      switch (random.nextInt(5)) {
        case 0, 1 -> (mayVote ? voters : learners).add(id);
        case 2 -> learners.add(id);
        case 3 -> {
          if (current.voters().contains(id)) {
            voters.add(id);
          }
        }
        default -> {}
      }
      int replaced = random.nextInt(3) == 0 ? 1 + random.nextInt(NODES) : 0;
      boolean promote = learners.contains(id) && random.nextBoolean();
      members.put(id, promote ? member.promoting(replaced == id ? 0 : replaced) : member.settled());
    }
    if (voters.isEmpty()) {
      return;
    }
    Membership target = new Membership(voters, Set.of(), learners, Set.of(), members);
    if (keepsMajority(cluster, target, 0)) {
      cluster.change(node, target);
    }
  }

  /** Takes a random node's disk, if the others can do without it. */
  static void wipe(CoreCluster cluster, SplittableRandom random) {
    SimNode victim = cluster.any();
    boolean bearable =
        cluster.all().stream()
            .allMatch(node ->
                keepsMajority(cluster, node.status().membership(), victim.id)
                    && keepsMajority(cluster, node.membershipOnDisk(), victim.id));
    bearable &=
        cluster.askedLately().stream()
            .allMatch(target -> keepsMajority(cluster, target, victim.id));
    List<SimNode> others = cluster.all().stream().filter(node -> node != victim).toList();
    boolean born = others.stream().anyMatch(SimNode::knowsBirth);
    // Who is let in before the group is born has no configuration to come back to. And nobody says
    // yet when one that lost its disk has everything again, so only one does.
    boolean another = others.stream().anyMatch(node -> node.identity().incarnation() > node.id);
    if (!bearable || (!born && (victim.id > FOUNDERS || another))) {
      return;
    }
    // A founder that comes back empty takes the group for one that is yet to begin: before its
    // birth it must, for all founders are needed; later it may, for it is not.
    boolean founds = victim.id <= FOUNDERS && (!born || random.nextBoolean());
    if (victim.isUp()) {
      victim.crash();
    }
    victim.wipe(founds ? Membership.ofVoters(Set.of(1, 2, 3)) : Membership.EMPTY);
    if (random.nextBoolean()) {
      victim.start();
    }
  }

  private static boolean keepsMajority(CoreCluster cluster, Membership membership, int lost) {
    if (membership.isEmpty()) {
      return true;
    }
    boolean newcomerWaits = membership.members().values().stream().anyMatch(Member::promote);
    if (membership.isVoter(lost) && !membership.isBorn() && newcomerWaits) {
      return false; // about to be born with no voter to spare
    }
    TreeSet<Integer> voters = new TreeSet<>(membership.voters());
    List<Integer> replaced = new ArrayList<>();
    for (Member member : membership.members().values()) {
      if (member.promote()) {
        voters.add(member.node());
        if (member.replaces() != 0) {
          replaced.add(member.replaces());
        }
      }
    }
    return wholeOf(cluster, membership, voters, lost) - replaced.size() > voters.size() / 2
        && wholeOf(cluster, membership, membership.voters(), lost) > membership.voters().size() / 2
        && (!membership.isJoint()
            || wholeOf(cluster, membership, membership.outgoingVoters(), lost)
                > membership.outgoingVoters().size() / 2);
  }

  private static long wholeOf(
      CoreCluster cluster, Membership membership, Set<Integer> voters, int lost) {
    return voters.stream()
        .filter(id -> id != lost)
        .filter(id -> {
          ReplicaIdentity identity = cluster.node(id).identity();
          long bound = membership.incarnationOf(id);
          if (identity.reborn()
              && cluster.node(id).membershipOnDisk().incarnationOf(id) != identity.incarnation()) {
            return false; // does not know its place yet, and so keeps silent
          }
          return bound == 0
              ? !membership.isBorn() && !identity.reborn()
              : bound == identity.incarnation();
        })
        .count();
  }
}
