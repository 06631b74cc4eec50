package dev.flotilla.balancer.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.balancer.routing.GroupView;
import dev.flotilla.balancer.view.ClusterPicture.Part;
import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.PeerProgress;
import dev.flotilla.proto.admin.v1.ReplicaStatus;
import dev.flotilla.proto.admin.v1.Role;
import dev.flotilla.proto.admin.v1.Standing;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PainterTest {
  private static final GroupView G1 =
      new GroupView(
          1,
          "g1",
          null,
          0,
          5_461,
          List.of(
              new GroupView.Member(1, "a:1"),
              new GroupView.Member(2, "a:2"),
              new GroupView.Member(3, "a:3")));

  private static ReplicaStatus.Builder replica(Role role, long term, long last) {
    return ReplicaStatus.newBuilder()
        .setGroup(1)
        .setRole(role)
        .setStanding(Standing.STANDING_MEMBER)
        .setTerm(term)
        .setLastIndex(last)
        .setCommitIndex(last)
        .setAppliedIndex(last);
  }

  private static Sighting sighting(ReplicaStatus.Builder replica) {
    return new Sighting(NodeStatus.newBuilder().addReplicas(replica).build(), true);
  }

  private static ClusterPicture.Group paint(Map<Integer, Sighting> sightings) {
    return Painter.paint(1, List.of(G1), sightings, Traffic.NONE).groups().getFirst();
  }

  @Test
  void aHealthyGroupHasALeaderAndAllItsVoters() {
    ReplicaStatus.Builder leader =
        replica(Role.ROLE_LEADER, 4, 100)
            .addPeers(
                PeerProgress.newBuilder().setNode(2).setMatchIndex(100).setSinceContactMillis(7))
            .addPeers(
                PeerProgress.newBuilder().setNode(3).setMatchIndex(60).setSinceContactMillis(9));
    ClusterPicture.Group group =
        paint(
            Map.of(
                1, sighting(leader),
                2, sighting(replica(Role.ROLE_FOLLOWER, 4, 99)),
                3, sighting(replica(Role.ROLE_FOLLOWER, 4, 60))));
    assertThat(group.leader()).isEqualTo(1);
    assertThat(group.term()).isEqualTo(4);
    assertThat(group.answering()).isEqualTo(3);
    assertThat(group.hasQuorum()).isTrue();
    assertThat(group.members()).extracting(ClusterPicture.Member::lag).containsExactly(0L, 0L, 40L);
    assertThat(group.members())
        .extracting(ClusterPicture.Member::sinceContactMillis)
        .containsExactly(0L, 7L, 9L);
  }

  @Test
  void ofTwoThatSayTheyLeadTheNewerTermIsBelieved() {
    ClusterPicture.Group group =
        paint(
            Map.of(
                1, sighting(replica(Role.ROLE_LEADER, 4, 100)),
                2, sighting(replica(Role.ROLE_LEADER, 5, 101)),
                3, sighting(replica(Role.ROLE_FOLLOWER, 5, 101))));
    assertThat(group.leader()).isEqualTo(2);
    assertThat(group.term()).isEqualTo(5);
  }

  @Test
  void aLeaderThatDoesNotAnswerIsNoLeader() {
    ClusterPicture.Group group =
        paint(
            Map.of(
                1, sighting(replica(Role.ROLE_LEADER, 4, 100)).silent(),
                2, sighting(replica(Role.ROLE_FOLLOWER, 4, 100)),
                3, sighting(replica(Role.ROLE_CANDIDATE, 5, 100))));
    assertThat(group.leader()).isNull();
    assertThat(group.hasQuorum()).isTrue();
    assertThat(group.members())
        .extracting(ClusterPicture.Member::part)
        .containsExactly(Part.UNREACHABLE, Part.FOLLOWER, Part.CANDIDATE);
    assertThat(group.members().getFirst().problem()).isEqualTo("does not answer");
    assertThat(group.members().getFirst().commitIndex()).isEqualTo(100);
  }

  @Test
  void withoutAMajorityThatAnswersThereIsNoQuorum() {
    ClusterPicture.Group group = paint(Map.of(1, sighting(replica(Role.ROLE_FOLLOWER, 4, 100))));
    assertThat(group.answering()).isEqualTo(1);
    assertThat(group.hasQuorum()).isFalse();
    assertThat(group.members().getLast().lag()).isNull();
  }

  @Test
  void aFailedReplicaDoesNotCountAndSaysWhy() {
    Map<Integer, Sighting> sightings = new HashMap<>();
    sightings.put(1, sighting(replica(Role.ROLE_FAILED, 4, 100).setFailure("the core failed")));
    sightings.put(
        2, sighting(replica(Role.ROLE_LEARNER, 4, 1).setStanding(Standing.STANDING_JOINING)));
    sightings.put(3, new Sighting(NodeStatus.getDefaultInstance(), true));
    ClusterPicture.Group group = paint(sightings);
    assertThat(group.answering()).isZero();
    assertThat(group.members())
        .extracting(ClusterPicture.Member::part)
        .containsExactly(Part.FAILED, Part.JOINING, Part.JOINING);
    assertThat(group.members().getFirst().problem()).isEqualTo("the core failed");
  }
}
