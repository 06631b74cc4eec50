package dev.flotilla.raft.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class QuorumTest {

  @Test
  void aMajorityHasReachedTheMedian() {
    Quorum three = new Quorum(TestReplica.voters(1, 2, 3));
    assertThat(three.reached(node -> node * 10L)).isEqualTo(20);
    Quorum four = new Quorum(TestReplica.voters(1, 2, 3, 4));
    assertThat(four.reached(node -> node * 10L)).isEqualTo(20);
  }

  @Test
  void h6AJointMembershipNeedsBothHalves() {
    Quorum joint =
        new Quorum(new Membership(Set.of(1, 2, 3), Set.of(4, 5, 6), Set.of(7), Set.of()));
    assertThat(joint.holds(Set.of(1, 2, 3, 4, 7)::contains)).isFalse();
    assertThat(joint.holds(Set.of(1, 2, 4, 5)::contains)).isTrue();
    assertThat(joint.reached(node -> node <= 3 ? 9 : 4)).isEqualTo(4);
    assertThat(joint.cannotHold(Set.of(4, 5)::contains)).isTrue();
    assertThat(joint.cannotHold(Set.of(1, 4, 7)::contains)).isFalse();
  }

  @Test
  void aMembershipWithoutVotersDecidesNothing() {
    assertThatThrownBy(() -> new Quorum(new Membership(Set.of(), Set.of(), Set.of(1), Set.of())))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatIsReachedIsTheLargestValueAQuorumHolds() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 2_000; i++) {
      TreeSet<Integer> incoming = draw(random);
      TreeSet<Integer> outgoing = random.nextBoolean() ? draw(random) : new TreeSet<>();
      Quorum quorum = new Quorum(new Membership(incoming, outgoing, Set.of(), Set.of()));
      long[] values = random.longs(10, 0, 6).toArray();
      long reached = quorum.reached(node -> values[node]);
      assertThat(quorum.holds(node -> values[node] >= reached)).isTrue();
      assertThat(quorum.holds(node -> values[node] > reached)).isFalse();
      assertThat(quorum.cannotHold(node -> values[node] <= reached)).isTrue();
      assertThat(quorum.cannotHold(node -> values[node] < reached)).isFalse();
    }
  }

  private static TreeSet<Integer> draw(SplittableRandom random) {
    TreeSet<Integer> nodes = new TreeSet<>();
    nodes.add(random.nextInt(10));
    random.ints(random.nextInt(6), 0, 10).forEach(nodes::add);
    return nodes;
  }
}
