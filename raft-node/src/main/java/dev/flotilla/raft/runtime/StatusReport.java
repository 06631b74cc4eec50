package dev.flotilla.raft.runtime;

import dev.flotilla.proto.admin.v1.MemberStatus;
import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.PeerProgress;
import dev.flotilla.proto.admin.v1.ReplicaStatus;
import dev.flotilla.proto.admin.v1.Role;
import dev.flotilla.proto.admin.v1.Standing;
import dev.flotilla.raft.core.CoreStatus;
import dev.flotilla.raft.core.Member;
import dev.flotilla.raft.core.Membership;
import dev.flotilla.raft.log.WriteAheadLog;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** A node's state in the words of the admin protocol. */
final class StatusReport {
  private static final long NANOS_PER_MILLI = 1_000_000L;

  private final NodeOptions options;
  private final long incarnation;
  private final String version;

  StatusReport(NodeOptions options, long incarnation) {
    this.options = options;
    this.incarnation = incarnation;
    String implementation = StatusReport.class.getPackage().getImplementationVersion();
    this.version = implementation == null ? "development" : implementation;
  }

  NodeStatus.Builder of(Collection<Replica> replicas, WriteAheadLog wal, long upNanos) {
    NodeStatus.Builder status =
        NodeStatus.newBuilder()
            .setNode(options.node())
            .setName(options.name())
            .setIncarnation(incarnation)
            .setUptimeMillis(upNanos / NANOS_PER_MILLI)
            .setVersion(version)
            .setWalBytes(wal.sizeBytes())
            .setFsyncs(wal.syncs());
    for (Replica replica : replicas) {
      status.addReplicas(of(replica));
    }
    return status;
  }

  private ReplicaStatus of(Replica replica) {
    CoreStatus core = replica.status();
    GroupMetrics metrics = replica.metrics;
    String failure = replica.failure();
    ReplicaStatus.Builder status =
        ReplicaStatus.newBuilder()
            .setGroup(replica.group)
            .setGroupName(replica.name)
            .setRole(failure == null ? role(core.role()) : Role.ROLE_FAILED)
            .setTerm(core.term())
            .setLeader(failure == null ? core.leader() : 0)
            .setCommitIndex(core.commitIndex())
            .setAppliedIndex(core.appliedIndex())
            .setFirstIndex(core.base().index() + 1)
            .setLastIndex(core.lastIndex())
            .addAllVoters(core.membership().voters())
            .addAllLearners(core.membership().learners())
            .setElections(core.elections())
            .setLeaderChanges(metrics.leaderChanges())
            .setSnapshotsSent(metrics.snapshotsSent())
            .setSnapshotsInstalled(metrics.snapshotsInstalled())
            .setCompactions(metrics.compactions())
            .setIncarnation(core.incarnation())
            .setStanding(standing(core.standing()))
            .addAllMembers(members(core))
            .setMembershipIndex(core.membershipIndex())
            .setMembershipTerm(core.membershipTerm())
            .setMembershipSettled(core.membershipSettled());
    if (core.sinceLeaderContactNanos() != Long.MAX_VALUE) {
      status.setSinceLeaderContactMillis(core.sinceLeaderContactNanos() / NANOS_PER_MILLI);
    }
    if (failure != null) {
      status.setFailure(failure);
    }
    for (CoreStatus.PeerStatus peer : core.peers()) {
      status.addPeers(
          PeerProgress.newBuilder()
              .setNode(peer.node())
              .setState(peer.state())
              .setMatchIndex(peer.matchIndex())
              .setNextIndex(peer.nextIndex())
              .setSinceContactMillis(peer.sinceContactNanos() / NANOS_PER_MILLI));
    }
    return status.build();
  }

  private List<MemberStatus> members(CoreStatus core) {
    Membership membership = core.membership();
    List<MemberStatus> members = new ArrayList<>();
    for (int node : membership.all()) {
      Member member = membership.member(node);
      MemberStatus.Builder status =
          MemberStatus.newBuilder()
              .setNode(node)
              .setVoter(membership.isVoter(node))
              .setLeaving(membership.isVoter(node) && !membership.voters().contains(node))
              .setIncarnation(member.incarnation())
              .setAddress(options.addressOf(node, member.address()))
              .setPromote(member.promote())
              .setReplaces(member.replaces());
      for (CoreStatus.PeerStatus peer : core.peers()) {
        if (peer.node() == node) {
          status
              .setStranger(peer.stranger())
              .setCaughtUp(membership.isLearner(node) && peer.caughtUp());
        }
      }
      members.add(status.build());
    }
    return members;
  }

  private static Standing standing(dev.flotilla.raft.core.Standing standing) {
    return switch (standing) {
      case MEMBER -> Standing.STANDING_MEMBER;
      case JOINING -> Standing.STANDING_JOINING;
      case REPLACED -> Standing.STANDING_REPLACED;
      case REMOVED -> Standing.STANDING_REMOVED;
    };
  }

  private static Role role(dev.flotilla.raft.core.Role role) {
    return switch (role) {
      case LEADER -> Role.ROLE_LEADER;
      case FOLLOWER -> Role.ROLE_FOLLOWER;
      case PRE_CANDIDATE, CANDIDATE -> Role.ROLE_CANDIDATE;
      case LEARNER -> Role.ROLE_LEARNER;
    };
  }
}
