package dev.flotilla.raft.runtime;

import dev.flotilla.proto.admin.v1.NodeStatus;
import dev.flotilla.proto.admin.v1.PeerProgress;
import dev.flotilla.proto.admin.v1.ReplicaStatus;
import dev.flotilla.proto.admin.v1.Role;
import dev.flotilla.raft.core.CoreStatus;
import dev.flotilla.raft.log.WriteAheadLog;
import java.util.Collection;

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
            .setSinceLeaderContactMillis(core.sinceLeaderContactNanos() / NANOS_PER_MILLI)
            .addAllVoters(core.membership().voters())
            .addAllLearners(core.membership().learners())
            .setElections(core.elections())
            .setLeaderChanges(metrics.leaderChanges())
            .setSnapshotsSent(metrics.snapshotsSent())
            .setSnapshotsInstalled(metrics.snapshotsInstalled())
            .setCompactions(metrics.compactions());
    MembersReport.add(status, core, options.addresses());
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

  private static Role role(dev.flotilla.raft.core.Role role) {
    return switch (role) {
      case LEADER -> Role.ROLE_LEADER;
      case FOLLOWER -> Role.ROLE_FOLLOWER;
      case PRE_CANDIDATE, CANDIDATE -> Role.ROLE_CANDIDATE;
      case LEARNER -> Role.ROLE_LEARNER;
    };
  }
}
