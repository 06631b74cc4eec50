package dev.flotilla.launcher.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.launcher.cluster.NodeView;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterChangesTest {
  private final ClusterChanges changes = new ClusterChanges();

  private static ReplicaRows.Row row(String node, String part, long term) {
    NodeView.Replica replica =
        new NodeView.Replica(
            "g1", part, "MEMBER", term, null, 1, 1, 1, List.of(), List.of(), false, null, 0, 0);
    return new ReplicaRows.Row(node, "g1", 1, replica, part, "", 0);
  }

  private static ReplicaRows of(ReplicaRows.Row... rows) {
    return new ReplicaRows(List.of(rows), List.of());
  }

  @Test
  void theFirstLookTellsNothingAndALaterOneWhatIsDifferent() {
    assertThat(changes.since(of(row("n1", "LEADER", 1), row("n2", "FOLLOWER", 1)))).isEmpty();
    assertThat(changes.since(of(row("n1", "LEADER", 1), row("n2", "FOLLOWER", 1)))).isEmpty();
    assertThat(
            changes.since(
                of(
                    new ReplicaRows.Row("n1", "g1", 0, null, "", "down", 0),
                    row("n2", "LEADER", 2),
                    row("n10", "LEARNER", 2))))
        .containsExactly(
            "n1 in g1: leader -> down",
            "n2 in g1: follower -> leader, term 2",
            "n10 in g1: new -> learner, term 2");
    assertThat(changes.since(of(row("n2", "LEADER", 2))))
        .containsExactly("n1 in g1: down -> gone", "n10 in g1: learner -> gone");
  }
}
