package dev.flotilla.launcher.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.launcher.cluster.NodeView;
import java.util.List;
import org.junit.jupiter.api.Test;

class StateComparisonTest {
  private final StateComparison comparison = new StateComparison();

  private static ReplicaRows.Row row(String node, long index, String hash) {
    NodeView.Replica replica =
        new NodeView.Replica(
            "g1",
            "FOLLOWER",
            "MEMBER",
            3,
            "n1",
            index,
            index,
            index,
            List.of(),
            List.of(),
            false,
            hash,
            0,
            0);
    return new ReplicaRows.Row(node, "g1", 1, replica, "FOLLOWER", "", 0);
  }

  private StateComparison.Verdict verdict() {
    return comparison.verdicts().getFirst();
  }

  @Test
  void equalHashesAtOneIndexAreEqualReplicas() {
    comparison.add(List.of(row("n1", 7, "a"), row("n2", 7, "a"), row("n3", 7, "a")));
    assertThat(comparison.isComplete()).isTrue();
    assertThat(verdict())
        .isEqualTo(
            new StateComparison.Verdict(
                "g1", List.of("n1", "n2", "n3"), 7, "a", List.of(), List.of()));
  }

  @Test
  void replicasMeetAtAnIndexThatEachWasSeenAtSomeTime() {
    comparison.add(List.of(row("n1", 7, "a"), row("n2", 6, "b"), row("n3", 5, "c")));
    assertThat(comparison.isComplete()).isFalse();
    comparison.add(List.of(row("n1", 9, "d"), row("n2", 7, "a"), row("n3", 6, "b")));
    assertThat(comparison.isComplete()).isTrue();
    assertThat(verdict().differing()).isEmpty();
  }

  @Test
  void theOneThatMostDoNotAgreeWithDiffers() {
    comparison.add(List.of(row("n1", 7, "a"), row("n2", 7, "x"), row("n3", 7, "a")));
    assertThat(verdict().differing()).containsExactly("n2");
    assertThat(verdict().same()).containsExactly("n1", "n3");
    assertThat(comparison.isComplete()).isTrue();
  }

  @Test
  void aDifferenceIsNotForgottenWhenTheyMeetAgain() {
    comparison.add(List.of(row("n1", 7, "a"), row("n2", 7, "x"), row("n3", 7, "a")));
    comparison.add(List.of(row("n1", 8, "b"), row("n2", 8, "b"), row("n3", 8, "b")));
    assertThat(verdict().differing()).containsExactly("n2");
  }

  @Test
  void oneThatDoesNotAnswerIsNotCompared() {
    comparison.add(
        List.of(
            row("n1", 7, "a"),
            row("n2", 7, "a"),
            new ReplicaRows.Row("n3", "g1", 0, null, "", "down", 0)));
    assertThat(comparison.isComplete()).isFalse();
    assertThat(verdict().uncompared()).containsExactly("n3");
  }
}
