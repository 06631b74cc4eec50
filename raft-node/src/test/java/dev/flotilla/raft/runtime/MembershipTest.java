package dev.flotilla.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.admin.v1.AddMember;
import dev.flotilla.proto.admin.v1.ChangeMembersProgress;
import dev.flotilla.proto.admin.v1.ChangeMembersRequest;
import dev.flotilla.proto.admin.v1.ChangeStage;
import dev.flotilla.proto.admin.v1.MemberStatus;
import dev.flotilla.proto.admin.v1.RemoveMember;
import dev.flotilla.proto.admin.v1.ReplaceMember;
import dev.flotilla.proto.admin.v1.ReplicaStatus;
import dev.flotilla.proto.admin.v1.Role;
import dev.flotilla.proto.admin.v1.Standing;
import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.client.v1.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Members come, go and are replaced, while the group serves. */
final class MembershipTest {
  private static final int GROUP = RuntimeCluster.GROUP;

  /** A change's listener: insists on one end, after which nothing comes. */
  private static final class Change implements MemberChangeListener {
    final List<ChangeMembersProgress> steps = new ArrayList<>();

    @Override
    public void progress(ChangeMembersProgress progress) {
      assertThat(hasEnded()).as("after the end: " + progress).isFalse();
      steps.add(progress);
    }

    boolean hasEnded() {
      return !steps.isEmpty()
          && switch (end().getStage()) {
            case CHANGE_STAGE_DONE, CHANGE_STAGE_NOT_APPLIED, CHANGE_STAGE_UNKNOWN -> true;
            default -> false;
          };
    }

    ChangeMembersProgress end() {
      return steps.getLast();
    }

    List<ChangeStage> stages() {
      return steps.stream().map(ChangeMembersProgress::getStage).distinct().toList();
    }
  }

  private static ChangeMembersRequest.Builder request() {
    return ChangeMembersRequest.newBuilder().setGroup(GROUP).setTimeoutMillis(10_000);
  }

  private static AddMember newcomer(int node) {
    return AddMember.newBuilder().setNode(node).setAddress(RuntimeCluster.address(node)).build();
  }

  private static ChangeMembersRequest add(int node) {
    return request().setAdd(newcomer(node)).build();
  }

  private static ChangeMembersRequest remove(int node) {
    return request().setRemove(RemoveMember.newBuilder().setNode(node)).build();
  }

  private static ChangeMembersRequest replace(int node, int by) {
    return request()
        .setReplace(ReplaceMember.newBuilder().setNode(node).setNewcomer(newcomer(by)))
        .build();
  }

  private static Change ask(RuntimeCluster cluster, int node, ChangeMembersRequest request) {
    Change change = new Change();
    cluster.nodes.get(node).assembly().changeMembers(request, change);
    return change;
  }

  private static ChangeMembersProgress change(
      RuntimeCluster cluster, ChangeMembersRequest request) {
    return end(cluster, ask(cluster, cluster.awaitLeader(GROUP), request));
  }

  private static ChangeMembersProgress end(RuntimeCluster cluster, Change change) {
    cluster.await("the change's end", 40_000, change::hasEnded);
    return change.end();
  }

  private static void done(RuntimeCluster cluster, ChangeMembersRequest request) {
    ChangeMembersProgress end = change(cluster, request);
    assertThat(end.getStage()).as(end.toString()).isEqualTo(ChangeStage.CHANGE_STAGE_DONE);
  }

  private static RuntimeCluster bornGroupOfThree() throws IOException {
    RuntimeCluster cluster = RuntimeCluster.ofThree();
    cluster.write("set a 1");
    cluster.await(
        "every node to know whom the members are bound to",
        () -> cluster.nodes.keySet().stream().allMatch(id -> knowsBindings(cluster, id)));
    return cluster;
  }

  private static boolean knowsBindings(RuntimeCluster cluster, int node) {
    ReplicaStatus replica = cluster.replica(node, GROUP);
    return replica.getMembershipSettled()
        && replica.getMembersList().stream().allMatch(member -> member.getIncarnation() != 0);
  }

  private static List<Integer> voters(RuntimeCluster cluster) {
    return cluster.replica(cluster.awaitLeader(GROUP), GROUP).getVotersList();
  }

  /** Writes one value after the other, again where it had no effect, and remembers the last. */
  private static final class Load {
    private final RuntimeCluster cluster;
    private final Map<String, String> acknowledged = new TreeMap<>();
    private int number;
    private int refused;
    private int longestMillis;
    private long pending;
    private long sinceNanos;

    Load(RuntimeCluster cluster) {
      this.cluster = cluster;
    }

    /** Half a millisecond of everything, with a write under way. */
    void step() {
      if (pending == 0) {
        int leader = cluster.leaderNow(GROUP);
        if (leader != 0) {
          pending = cluster.command(leader, "set k" + number % 50 + " " + number);
        }
      } else if (cluster.client.isAnswered(pending)) {
        Reply reply = cluster.client.reply(pending);
        pending = 0;
        if (reply.getOutcome() == Outcome.OUTCOME_NOT_APPLIED) {
          refused++;
        } else {
          assertThat(reply.getOutcome())
              .as(reply.toString())
              .isNotEqualTo(Outcome.OUTCOME_UNSPECIFIED);
          if (reply.getOutcome() == Outcome.OUTCOME_APPLIED) {
            acknowledged.put("k" + number % 50, String.valueOf(number));
          }
          long took = cluster.clock.nanoTime() - sinceNanos;
          longestMillis = Math.max(longestMillis, (int) (took / 1_000_000));
          number++;
          sinceNanos = cluster.clock.nanoTime();
        }
      }
      cluster.step();
    }

    void during(ChangeMembersRequest request) {
      Change change = ask(cluster, cluster.awaitLeader(GROUP), request);
      sinceNanos = cluster.clock.nanoTime();
      for (int i = 0; i < 40_000 && !change.hasEnded(); i++) {
        step();
      }
      for (int i = 0; i < 400; i++) {
        step();
      }
      assertThat(change.end().getStage())
          .as(change.end().toString())
          .isEqualTo(ChangeStage.CHANGE_STAGE_DONE);
    }

    void requireNothingLost() {
      acknowledged.forEach((key, value) ->
          assertThat(Integer.parseInt(cluster.read("get " + key)))
              .as(key)
              .isGreaterThanOrEqualTo(Integer.parseInt(value)));
    }
  }

  @Test
  void threeBecomeFiveAndSevenAndThreeAgainWhileClientsWrite() throws IOException {
    try (RuntimeCluster cluster = bornGroupOfThree()) {
      Load load = new Load(cluster);
      for (int node = 4; node <= 7; node++) {
        cluster.join(node);
        load.during(add(node));
        assertThat(voters(cluster)).hasSize(node);
      }
      for (int node = 1; node <= 4; node++) {
        load.during(remove(node)); // one of them leads
      }
      assertThat(voters(cluster)).containsExactly(5, 6, 7);
      load.requireNothingLost();
      cluster.awaitEqualStates(GROUP, Set.of(5, 6, 7));
      assertThat(load.number).isGreaterThan(500);
      assertThat(load.longestMillis).as("the longest a write had to wait").isLessThan(1_500);
    }
  }

  @Test
  void aNewcomerIsALearnerThenCatchesUpThenVotes() throws IOException {
    try (RuntimeCluster cluster = bornGroupOfThree()) {
      cluster.join(4);
      cluster.run(50);
      assertThat(cluster.replica(4, GROUP).getStanding()).isEqualTo(Standing.STANDING_JOINING);
      assertThat(cluster.replica(4, GROUP).hasSinceLeaderContactMillis())
          .as("it never heard a leader")
          .isFalse();
      assertThat(cluster.network.contactsOf(4)).containsOnlyKeys(1, 2, 3);
      assertThat(cluster.network.contactsOf(1)).containsOnlyKeys(2, 3);

      Change change = ask(cluster, cluster.awaitLeader(GROUP), add(4));
      end(cluster, change);
      assertThat(change.stages())
          .containsExactly(
              ChangeStage.CHANGE_STAGE_ADDING_LEARNER,
              ChangeStage.CHANGE_STAGE_CATCHING_UP,
              ChangeStage.CHANGE_STAGE_CHANGING_VOTERS,
              ChangeStage.CHANGE_STAGE_DONE);
      assertThat(change.end().getVotersList()).containsExactly(1, 2, 3, 4);
      cluster.awaitEqualStates(GROUP);
      assertThat(cluster.replica(4, GROUP).getStanding()).isEqualTo(Standing.STANDING_MEMBER);
      assertThat(cluster.replica(4, GROUP).getRole()).isEqualTo(Role.ROLE_FOLLOWER);
      assertThat(cluster.network.contactsOf(1)).containsEntry(4, RuntimeCluster.address(4));
    }
  }

  @Test
  void aNewcomerIsSentASnapshotWhereTheLogIsGone() throws IOException {
    try (RuntimeCluster cluster = bornGroupOfThree()) {
      for (int i = 0; i < 300; i++) {
        cluster.write("set k" + i % 7 + " " + i);
      }
      int leader = cluster.awaitLeader(GROUP);
      cluster.await("a compaction", () -> cluster.replica(leader, GROUP).getFirstIndex() > 10);
      cluster.join(4);
      done(cluster, add(4));
      assertThat(cluster.replica(4, GROUP).getSnapshotsInstalled()).isPositive();
      cluster.awaitEqualStates(GROUP);
    }
  }

  @Test
  void aLeaderThatIsANewcomerIsFoundByTheAddressInTheMembership() throws IOException {
    try (RuntimeCluster cluster = bornGroupOfThree()) {
      cluster.join(4);
      done(cluster, add(4));
      cluster
          .nodes
          .get(cluster.awaitLeader(GROUP))
          .assembly()
          .transferLeadership(
              dev.flotilla.proto.admin.v1.TransferLeadershipRequest.newBuilder()
                  .setGroup(GROUP)
                  .setTarget(4)
                  .build());
      cluster.await("the newcomer to lead", () -> cluster.leaderNow(GROUP) == 4);
      cluster.await("the others to know", () -> cluster.replica(1, GROUP).getLeader() == 4);
      Reply reply = cluster.awaitReply(cluster.command(1, "set a 2"));
      assertThat(reply.getError()).isEqualTo(ErrorCode.ERROR_CODE_NOT_LEADER);
      assertThat(reply.getLeader().getAddress()).isEqualTo(RuntimeCluster.address(4));
    }
  }

  /** H49: the leader removed leads until it is committed, and hands over. */
  @Test
  void aLeaderThatIsRemovedHandsOverAndServesNothingMore() throws IOException {
    try (RuntimeCluster cluster = bornGroupOfThree()) {
      int leader = cluster.awaitLeader(GROUP);
      long began = cluster.clock.nanoTime();
      done(cluster, remove(leader));
      int next = cluster.awaitLeaderOtherThan(leader);
      assertThat(cluster.clock.nanoTime() - began).isLessThan(300_000_000L);

      ReplicaStatus removed = cluster.replica(leader, GROUP);
      assertThat(removed.getStanding()).isEqualTo(Standing.STANDING_REMOVED);
      assertThat(removed.getRole()).isEqualTo(Role.ROLE_LEARNER);
      assertThat(cluster.awaitReply(cluster.query(leader, "get a")).getOutcome())
          .isEqualTo(Outcome.OUTCOME_NOT_APPLIED);
      assertThat(cluster.awaitReply(cluster.command(next, "set a 2")).getOutcome())
          .isEqualTo(Outcome.OUTCOME_APPLIED);
    }
  }

  /** H49: it goes on running, for ever, and nobody's term grows. */
  @Test
  void aRemovedNodeThatDoesNotKnowCannotDisturb() throws IOException {
    try (RuntimeCluster cluster = bornGroupOfThree()) {
      int leader = cluster.awaitLeader(GROUP);
      int removed = cluster.followerOf(leader);
      cluster.network.isolate(removed);
      done(cluster, remove(removed));
      cluster.network.heal();
      long term = cluster.replica(leader, GROUP).getTerm();
      cluster.run(5_000);
      assertThat(cluster.leaderNow(GROUP)).isEqualTo(leader);
      assertThat(cluster.replica(leader, GROUP).getTerm()).isEqualTo(term);
      assertThat(cluster.replica(removed, GROUP).getElections()).isZero();
    }
  }

  /** H49: after a restart too, since what it was told is not written anywhere. */
  @Test
  void aNodeThatMissedItsRemovalIsToldAndFallsSilentAndCanBeAddedAgain() throws IOException {
    try (RuntimeCluster cluster = bornGroupOfThree()) {
      int leader = cluster.awaitLeader(GROUP);
      int removed = cluster.followerOf(leader);
      cluster.network.isolate(removed);
      done(cluster, remove(removed));
      cluster.network.heal();
      cluster.await("the removed node to know", () -> isRemoved(cluster, removed));
      long sent = cluster.network.sentBy(removed);
      cluster.run(5_000);
      assertThat(cluster.network.sentBy(removed)).isEqualTo(sent);

      cluster.kill(removed);
      cluster.start(removed);
      cluster.await("the removed node to know again", () -> isRemoved(cluster, removed));
      done(cluster, add(removed));
      cluster.await(
          "the node to be a member again",
          () -> cluster.replica(removed, GROUP).getStanding() == Standing.STANDING_MEMBER);
      assertThat(voters(cluster)).contains(1, 2, 3);
    }
  }

  private static boolean isRemoved(RuntimeCluster cluster, int node) {
    return cluster.replica(node, GROUP).getStanding() == Standing.STANDING_REMOVED;
  }

  @Test
  void aDeadNodeIsReplacedInOneOperation() throws IOException {
    try (RuntimeCluster cluster = bornGroupOfThree()) {
      int dead = cluster.followerOf(cluster.awaitLeader(GROUP));
      cluster.kill(dead);
      cluster.join(4);
      Change change = ask(cluster, cluster.awaitLeader(GROUP), replace(dead, 4));
      assertThat(end(cluster, change).getStage()).isEqualTo(ChangeStage.CHANGE_STAGE_DONE);
      assertThat(voters(cluster)).hasSize(3).contains(4).doesNotContain(dead);
    }
  }

  /** At no moment has the group fewer voters than before: both come and go in one joint change. */
  @Test
  void theLeaderIsReplacedInOneOperationToo() throws IOException {
    try (RuntimeCluster cluster = bornGroupOfThree()) {
      int leader = cluster.awaitLeader(GROUP);
      cluster.join(4);
      Change change = ask(cluster, leader, replace(leader, 4));
      assertThat(end(cluster, change).getStage()).isEqualTo(ChangeStage.CHANGE_STAGE_DONE);
      assertThat(change.steps).allMatch(step -> step.getVotersCount() == 3);
      cluster.awaitLeaderOtherThan(leader);
      assertThat(cluster.read("get a")).isEqualTo("1");
    }
  }

  @Test
  void ofTwoChangesAtOnceTheSecondIsRefused() throws IOException {
    try (RuntimeCluster cluster = bornGroupOfThree()) {
      int leader = cluster.awaitLeader(GROUP);
      Change first = ask(cluster, leader, add(4)); // not there yet
      cluster.run(100);
      Change second = ask(cluster, leader, remove(cluster.followerOf(leader)));
      cluster.run(2);
      assertThat(second.end().getStage()).isEqualTo(ChangeStage.CHANGE_STAGE_NOT_APPLIED);
      assertThat(second.end().getMessage()).contains("one change at a time", "adding node 4");
      cluster.join(4);
      assertThat(end(cluster, first).getStage()).isEqualTo(ChangeStage.CHANGE_STAGE_DONE);
    }
  }

  @Test
  void aNewcomerThatDoesNotCatchUpInTimeIsRemovedAgain() throws IOException {
    try (RuntimeCluster cluster = bornGroupOfThree()) {
      ChangeMembersProgress end = change(cluster, add(4));
      assertThat(end.getStage()).isEqualTo(ChangeStage.CHANGE_STAGE_NOT_APPLIED);
      assertThat(end.getMessage()).contains("did not catch up within 10000 ms");
      assertThat(end.getVotersList()).containsExactly(1, 2, 3);
      assertThat(end.getLearnersList()).isEmpty();
    }
  }

  @Test
  void aRemovalThatWouldStopTheGroupIsRefused() throws IOException {
    try (RuntimeCluster cluster = bornGroupOfThree()) {
      int leader = cluster.awaitLeader(GROUP);
      int dead = cluster.followerOf(leader);
      int alive = 6 - leader - dead;
      cluster.kill(dead);
      cluster.run(1_500);
      ChangeMembersProgress end = change(cluster, remove(alive));
      assertThat(end.getStage()).isEqualTo(ChangeStage.CHANGE_STAGE_NOT_APPLIED);
      assertThat(end.getMessage()).contains("only 1 of 2 voters answer");
      done(cluster, remove(dead));
      assertThat(voters(cluster)).hasSize(2);
    }
  }

  @Test
  void aChangeAskedOfAFollowerSaysWhoLeads() throws IOException {
    try (RuntimeCluster cluster = bornGroupOfThree()) {
      int leader = cluster.awaitLeader(GROUP);
      Change change = ask(cluster, cluster.followerOf(leader), add(4));
      cluster.run(2);
      assertThat(change.end().getStage()).isEqualTo(ChangeStage.CHANGE_STAGE_NOT_APPLIED);
      assertThat(change.end().getLeader()).isEqualTo(leader);
      assertThat(change.end().getLeaderAddress()).isEqualTo(RuntimeCluster.address(leader));
    }
  }

  /** H48: the mark stands in the membership, so the next leader goes on where the last one fell. */
  @Test
  void whoeverLeadsNextPromotesALearnerThatHasCaughtUp() throws IOException {
    try (RuntimeCluster cluster = bornGroupOfThree()) {
      int leader = cluster.awaitLeader(GROUP);
      Change change = ask(cluster, leader, add(4));
      cluster.await(
          "the learner",
          () -> cluster.replica(cluster.followerOf(leader), GROUP).getLearnersList().contains(4));
      cluster.network.isolate(leader);
      cluster.join(4);
      cluster.network.isolate(leader);
      int next = cluster.awaitNewLeaderWhile(leader);
      cluster.await(
          "the promotion", () -> cluster.replica(next, GROUP).getVotersList().contains(4));
      cluster.network.heal();
      assertThat(end(cluster, change).getStage()).isEqualTo(ChangeStage.CHANGE_STAGE_UNKNOWN);
      cluster.awaitEqualStates(GROUP);
      done(cluster, add(4)); // asked again of the next leader: it is so already
    }
  }

  /** H50: a node that lost its disk is let in again by itself, as somebody else. */
  @Test
  void aNodeThatLostItsDiskComesBackAsALearnerAndIsPromoted() throws IOException {
    for (boolean toldItIsNew : List.of(false, true)) {
      try (RuntimeCluster cluster = bornGroupOfThree()) {
        int leader = cluster.awaitLeader(GROUP);
        int victim = cluster.followerOf(leader);
        long before = cluster.replica(victim, GROUP).getIncarnation();
        cluster.kill(victim);
        cluster.wipe(victim, toldItIsNew);
        cluster.write("set a 2");
        cluster.start(victim);
        cluster.await(
            "the leader to notice", () -> member(cluster, leader, victim).getStranger() != 0);
        cluster.await("a learner", () -> !member(cluster, leader, victim).getVoter());
        cluster.await(
            "a voter",
            () -> {
              MemberStatus member = member(cluster, leader, victim);
              return member.getVoter() && !member.getPromote();
            });
        ReplicaStatus replica = cluster.replica(victim, GROUP);
        assertThat(replica.getIncarnation()).isNotEqualTo(before);
        assertThat(member(cluster, leader, victim).getIncarnation())
            .isEqualTo(replica.getIncarnation());
        cluster.awaitEqualStates(GROUP);
        assertThat(cluster.leaderNow(GROUP)).isEqualTo(leader);
        assertThat(cluster.replica(victim, GROUP).getStanding())
            .isEqualTo(Standing.STANDING_MEMBER);
      }
    }
  }

  /**
   * H50: the group has moved away from two of its founders. These and the third lose their disks,
   * of which the group misses one only; but all who began it are there, and none knows of it.
   */
  @Test
  void h50FoundersThatLostTheirDisksDoNotBeginTheirGroupAnew() throws IOException {
    try (RuntimeCluster cluster = bornGroupOfThree()) {
      cluster.join(4);
      cluster.join(5);
      done(cluster, replace(2, 4));
      done(cluster, replace(3, 5));
      cluster.write("set a 2");
      cluster.nodes.keySet().forEach(cluster::kill);
      for (int founder : List.of(1, 2, 3)) {
        cluster.wipe(founder, false);
        cluster.start(founder);
      }
      cluster.run(10_000);
      assertThat(cluster.leaderNow(GROUP)).isZero();

      cluster.start(4);
      cluster.start(5);
      assertThat(cluster.read("get a")).isEqualTo("2");
      cluster.await("n1 to be let in", () -> voters(cluster).equals(List.of(1, 4, 5)));
      cluster.awaitEqualStates(GROUP, Set.of(1, 4, 5));
    }
  }

  @Test
  void whoWaitedForAGroupThatIsNewBeginsItOnceTold() throws IOException {
    try (RuntimeCluster cluster = new RuntimeCluster(1, 3, 1)) {
      cluster.nodes.keySet().forEach(node -> cluster.wipe(node, false));
      cluster.startAll();
      cluster.run(5_000);
      assertThat(cluster.leaderNow(GROUP)).isZero();
      for (int node : cluster.nodes.keySet()) {
        assertThat(cluster.replica(node, GROUP).getStanding()).isEqualTo(Standing.STANDING_JOINING);
        cluster.kill(node);
        cluster.nodes.get(node).isNew = true;
      }
      cluster.startAll();
      cluster.write("set a 1");
      cluster.await("the birth", () -> knowsBindings(cluster, cluster.awaitLeader(GROUP)));
      cluster.awaitEqualStates(GROUP);
    }
  }

  private static MemberStatus member(RuntimeCluster cluster, int leader, int node) {
    return cluster.replica(leader, GROUP).getMembersList().stream()
        .filter(member -> member.getNode() == node)
        .findFirst()
        .orElseThrow();
  }

  /**
   * H50: one node acknowledged a write and lost its disk; the other that holds the write is down.
   * The third, which has not heard of the write, must not win with the help of the empty one.
   */
  @Test
  void aNodeThatLostItsDiskCannotHelpElectALeaderThatLacksAcknowledgedWrites() throws IOException {
    try (RuntimeCluster cluster = bornGroupOfThree()) {
      int leader = cluster.awaitLeader(GROUP);
      int victim = cluster.followerOf(leader);
      int behind = 6 - leader - victim;
      cluster.network.isolate(behind);
      cluster.write("set a 2");
      cluster.kill(victim);
      cluster.kill(leader);
      cluster.wipe(victim, true);
      cluster.start(victim);
      cluster.network.heal();
      cluster.run(4_000);
      assertThat(cluster.leaderNow(GROUP)).isZero();

      cluster.start(leader);
      assertThat(cluster.read("get a")).isEqualTo("2");
      cluster.awaitEqualStates(GROUP);
    }
  }
}
