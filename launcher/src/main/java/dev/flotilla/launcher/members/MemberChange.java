package dev.flotilla.launcher.members;

import dev.flotilla.proto.admin.v1.AddMember;
import dev.flotilla.proto.admin.v1.ChangeMembersProgress;
import dev.flotilla.proto.admin.v1.ChangeMembersRequest;
import dev.flotilla.proto.admin.v1.ChangeStage;
import dev.flotilla.proto.admin.v1.RemoveMember;
import dev.flotilla.proto.admin.v1.ReplaceMember;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One change of a group's members, brought to its end: the leader is looked for, asked, and when
 * leadership moves on the way the next leader is asked for the same again, which goes on where the
 * first one left off. Asking twice is harmless: a change names the membership it leads to.
 */
public final class MemberChange {
  private static final long PAUSE_MILLIS = 200;

  /** Beyond the newcomer's own time: to find leaders, and for the steps after it has caught up. */
  private static final Duration GRACE = Duration.ofSeconds(20);

  private final Directory directory;
  private final AdminClient admin;
  private final Duration leaderPatience;

  /**
   * @param leaderPatience how long to look for a leader where there is none
   */
  public MemberChange(Directory directory, AdminClient admin, Duration leaderPatience) {
    this.directory = directory;
    this.admin = admin;
    this.leaderPatience = leaderPatience;
  }

  /**
   * What is wanted.
   *
   * @param newcomer who is to be a voter; 0 = nobody
   * @param address where the newcomer is
   * @param leaving who is to be no member; 0 = nobody
   */
  public record Wanted(int group, int newcomer, String address, int leaving) {
    ChangeMembersRequest request(Duration catchUp) {
      ChangeMembersRequest.Builder request =
          ChangeMembersRequest.newBuilder()
              .setGroup(group)
              .setTimeoutMillis((int) Math.min(Integer.MAX_VALUE, catchUp.toMillis()));
      AddMember add = AddMember.newBuilder().setNode(newcomer).setAddress(address).build();
      if (newcomer == 0) {
        request.setRemove(RemoveMember.newBuilder().setNode(leaving));
      } else if (leaving == 0) {
        request.setAdd(add);
      } else {
        request.setReplace(ReplaceMember.newBuilder().setNode(leaving).setNewcomer(add));
      }
      return request.build();
    }

    boolean isReached(GroupMembers members) {
      return members.settled()
          && (newcomer == 0 || members.isVoter(newcomer))
          && (leaving == 0 || !members.contains(leaving));
    }
  }

  /** How it ended. */
  public sealed interface End {
    /** Committed. */
    record Done(GroupMembers members) implements End {}

    /** The membership is as it was. */
    record Refused(String why) implements End {}

    /** Nobody leads the group, or nobody can say how it ended. */
    record Unknown(String why) implements End {}
  }

  /**
   * Waits for the end.
   *
   * @param catchUp how long the newcomer may take
   * @param onStep told of every step
   * @throws IllegalArgumentException when a node finds that the request makes no sense
   */
  public End run(Wanted wanted, Duration catchUp, Consumer<ChangeMembersProgress> onStep)
      throws InterruptedException {
    long deadline = System.nanoTime() + catchUp.plus(GRACE).toNanos();
    long leaderlessUntil = System.nanoTime() + leaderPatience.toNanos();
    boolean asked = false;
    while (true) {
      Optional<GroupMembers> known = directory.members(wanted.group());
      if (known.isPresent() && known.get().leader() != 0) {
        GroupMembers members = known.get();
        if (wanted.isReached(members)) {
          return new End.Done(members);
        }
        Optional<End> end =
            ask(wanted, members, catchUp, Duration.ofNanos(deadline - System.nanoTime()), onStep);
        if (end.isPresent()) {
          return end.get();
        }
        asked = true;
        leaderlessUntil = System.nanoTime() + leaderPatience.toNanos();
      }
      long now = System.nanoTime();
      if (now - deadline >= 0 || now - leaderlessUntil >= 0) {
        return new End.Unknown(
            asked
                ? "leadership was lost on the way, and nobody can say how it ended"
                : "nobody leads the group");
      }
      Thread.sleep(PAUSE_MILLIS);
    }
  }

  /** Empty when somebody else has to be asked. */
  private Optional<End> ask(
      Wanted wanted,
      GroupMembers members,
      Duration catchUp,
      Duration left,
      Consumer<ChangeMembersProgress> onStep) {
    if (!left.isPositive()) {
      return Optional.empty();
    }
    ChangeMembersProgress last =
        admin.changeMembers(members.leaderAddress(), wanted.request(catchUp), left, onStep);
    ChangeStage stage = last == null ? ChangeStage.CHANGE_STAGE_UNKNOWN : last.getStage();
    return switch (stage) {
      case CHANGE_STAGE_DONE ->
          Optional.of(new End.Done(directory.members(wanted.group()).orElse(members)));
      case CHANGE_STAGE_NOT_APPLIED ->
          last == null || movedOn(last, members)
              ? Optional.empty()
              : Optional.of(new End.Refused(last.getMessage()));
      default -> Optional.empty();
    };
  }

  /** Whether it was refused only because another node leads by now. */
  private boolean movedOn(ChangeMembersProgress refusal, GroupMembers asked) {
    if (refusal.getLeader() != 0) {
      return refusal.getLeader() != asked.leader();
    }
    return directory.members(asked.group()).map(now -> now.leader() != asked.leader()).orElse(true);
  }
}
