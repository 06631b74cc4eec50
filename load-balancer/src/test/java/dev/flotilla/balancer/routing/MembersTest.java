package dev.flotilla.balancer.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.Member;
import dev.flotilla.proto.client.v1.Members;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Groups whose members are not those of the configuration any more. */
final class MembersTest extends RouterScene {

  private static Members members(long term, long index, int... nodes) {
    Members.Builder members = Members.newBuilder().setTerm(term).setIndex(index);
    for (int node : nodes) {
      members.addMembers(
          Member.newBuilder().setNode(node).setAddress(address(node)).setVoter(true));
    }
    return members.build();
  }

  private List<Integer> known() {
    return router.groups().getFirst().members().stream().map(GroupView.Member::node).toList();
  }

  @Test
  void aHintToANodeOutsideTheConfigurationIsFollowed() {
    warmUp(1, 3);
    nodes.lead(GROUP, 9, 4);
    nodes.believe(1, new Leader(9, 4));
    CompletableFuture<KvAnswer> answer = put("k");
    time.pass(Duration.ofMillis(2));
    assertThat(answer.join()).isInstanceOf(KvAnswer.Written.class);
    assertThat(nodesAsked()).containsExactly(1, 9);
    assertThat(nodes.wanted).containsEntry(9, address(9));
    assertThat(router.groups().getFirst().leader()).isEqualTo(new Leader(9, 4));
  }

  /** Else nobody would ever ask a leader outside the configuration whose connection broke. */
  @Test
  void aForgottenLeaderIsAskedAgainAlthoughItsTermIsNoNews() {
    LeaderCache leaders = new LeaderCache(1);
    KnownMembers members = new KnownMembers(List.of(new GroupView.Member(1, address(1))), () -> {});
    leaders.learn(GROUP, new Leader(9, 4));
    leaders.forget(GROUP, new Leader(9, 4));
    boolean news =
        LeaderHints.learn(
            leaders,
            GROUP,
            members,
            FakeNodes.refused(ErrorCode.ERROR_CODE_NOT_LEADER, new Leader(9, 4)));
    assertThat(news).isFalse();
    assertThat(members.has(9)).isTrue();
  }

  @Test
  void aHintWithoutAnAddressToANodeNobodyKnowsIsNoHelp() {
    KnownMembers members = new KnownMembers(List.of(new GroupView.Member(1, address(1))), () -> {});
    members.admit(9, "");
    members.admit(8, "not an address");
    assertThat(members.has(9)).isFalse();
    assertThat(members.has(8)).isFalse();
    assertThat(members.everyone()).hasSize(1);
  }

  @Test
  void onlyOneStrangerIsKeptHoweverManyAreNamed() {
    KnownMembers members = new KnownMembers(List.of(new GroupView.Member(1, address(1))), () -> {});
    for (int node = 2; node < 1_000; node++) {
      members.admit(node, address(node));
    }
    assertThat(members.members()).extracting(GroupView.Member::node).containsExactly(1, 999);
  }

  @Test
  void membersAreFollowedWhileNobodySendsRequests() {
    warmUp(1, 3);
    nodes.tell(1, members(3, 10, 1, 2, 3));
    router.followMembers();
    time.pass(Duration.ofSeconds(2));
    nodes.tell(1, members(3, 20, 1, 2, 3, 4));
    time.pass(Duration.ofSeconds(1));
    assertThat(known()).containsExactly(1, 2, 3, 4);
    assertThat(nodes.wanted.keySet()).containsExactlyInAnyOrder(1, 2, 3, 4);
  }

  @Test
  void aGroupWhoseMembersWereAllReplacedStaysReachable() {
    warmUp(1, 3);
    router.followMembers();
    int[][] steps = {{2, 3, 4}, {3, 4, 5}, {4, 5, 6}};
    int term = 3;
    for (int[] step : steps) {
      term++;
      for (int node : step) {
        nodes.tell(node, members(term, term * 10, step));
      }
      nodes.lead(GROUP, step[0], term);
      nodes.down(step[0] - 1);
      time.pass(Duration.ofSeconds(2));
    }
    assertThat(known()).containsExactly(4, 5, 6);
    CompletableFuture<KvAnswer> answer = put("k");
    time.pass(Duration.ofMillis(500));
    assertThat(answer.join()).isInstanceOf(KvAnswer.Written.class);
    assertThat(nodesAsked()).endsWith(4);
  }

  @Test
  void theLeaderIsAskedAloneAsLongAsItAnswers() {
    warmUp(2, 3);
    nodes.tell(1, members(3, 10, 1, 2, 3));
    nodes.tell(2, members(3, 10, 1, 2, 3));
    nodes.tell(3, members(3, 10, 1, 2, 3));
    router.followMembers();
    time.pass(Duration.ofSeconds(1));
    nodes.askedForMembers.clear();
    time.pass(Duration.ofSeconds(10));
    assertThat(Set.copyOf(nodes.askedForMembers)).containsExactly(2);
    assertThat(nodes.askedForMembers.size()).isBetween(15, 25);
    nodes.frozen(2);
    nodes.askedForMembers.clear();
    time.pass(Duration.ofSeconds(2));
    assertThat(Set.copyOf(nodes.askedForMembers)).containsExactlyInAnyOrder(1, 2, 3);
  }

  @Test
  void aChangeUnderWayIsLookedAtMoreOften() {
    warmUp(2, 3);
    nodes.tell(2, members(3, 10, 1, 2, 3).toBuilder().setChanging(true).build());
    router.followMembers();
    time.pass(Duration.ofSeconds(1));
    nodes.askedForMembers.clear();
    time.pass(Duration.ofSeconds(1));
    assertThat(nodes.askedForMembers.size()).isBetween(8, 12);
  }

  /**
   * The wish of a leader that was deposed before it could commit it has a high index and no future.
   */
  @Test
  void aMembershipOfANewerTermWinsOverAHigherIndex() {
    warmUp(1, 3);
    nodes.tell(1, members(3, 900, 1, 2, 3, 9));
    router.followMembers();
    time.pass(Duration.ofSeconds(1));
    assertThat(known()).containsExactly(1, 2, 3, 9);
    nodes.lead(GROUP, 2, 4);
    nodes.frozen(1);
    nodes.tell(2, members(4, 700, 2, 3, 5));
    time.pass(Duration.ofSeconds(2));
    assertThat(known()).containsExactly(2, 3, 5);
    nodes.up(1);
    time.pass(Duration.ofSeconds(2));
    assertThat(known()).containsExactly(2, 3, 5);
  }

  @Test
  void nonsenseIsNotBelieved() {
    warmUp(1, 3);
    Members.Builder crowd = members(9, 9).toBuilder();
    for (int node = 1; node <= KnownMembers.MOST_MEMBERS + 1; node++) {
      crowd.addMembers(Member.newBuilder().setNode(node).setAddress(address(node)));
    }
    nodes.tell(1, crowd.build());
    router.followMembers();
    time.pass(Duration.ofSeconds(1));
    assertThat(known()).containsExactly(1, 2, 3);
    nodes.tell(1, members(9, 10));
    time.pass(Duration.ofSeconds(1));
    assertThat(known()).containsExactly(1, 2, 3);
    nodes.tell(
        1,
        Members.newBuilder()
            .setTerm(9)
            .setIndex(11)
            .addMembers(Member.newBuilder().setNode(2).setVoter(true))
            .addMembers(Member.newBuilder().setNode(8).setVoter(true))
            .build());
    time.pass(Duration.ofSeconds(1));
    // Node 2 is found where the configuration says; nobody knows where node 8 is.
    assertThat(known()).containsExactly(2);
  }

  @Test
  void membersOfTheConfigurationAreAskedWhenNoOtherAnswers() {
    warmUp(1, 3);
    nodes.tell(1, members(3, 10, 4, 5, 6));
    router.followMembers();
    time.pass(Duration.ofSeconds(1));
    assertThat(known()).containsExactly(4, 5, 6);
    nodes.down(4);
    nodes.down(5);
    nodes.down(6);
    nodes.lead(GROUP, 3, 7);
    nodes.down(1);
    CompletableFuture<KvAnswer> answer = put("k");
    time.pass(Duration.ofMillis(500));
    assertThat(answer.join()).isInstanceOf(KvAnswer.Written.class);
    assertThat(nodesAsked()).endsWith(3);
  }
}
