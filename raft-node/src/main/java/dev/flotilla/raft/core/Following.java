package dev.flotilla.raft.core;

import dev.flotilla.raft.core.Message.AppendReply;
import dev.flotilla.raft.core.Message.AppendRequest;
import dev.flotilla.raft.core.Message.Heartbeat;
import dev.flotilla.raft.core.Message.HeartbeatReply;
import java.util.List;

/**
 * A follower's side of replication (thesis 3.5): takes the leader's entries, cuts what contradicts
 * them, follows its commit index, and answers only once everything it answers for is on disk.
 */
final class Following {
  private final ReplicaState replica;
  private final Election election;
  private final RoleChange roles;

  Following(ReplicaState replica, Election election, RoleChange roles) {
    this.replica = replica;
    this.election = election;
    this.roles = roles;
  }

  /** Takes the sender for the leader of the current term, which its message proves it to be. */
  private void follow(int leader) {
    if (replica.isLeader() || (replica.leader != 0 && replica.leader != leader)) {
      throw new IllegalStateException(
          "two leaders in term " + replica.term() + ": " + replica.leader + " and " + leader);
    }
    if (replica.leader != leader
        || replica.role == Role.CANDIDATE
        || replica.role == Role.PRE_CANDIDATE) {
      roles.toFollower(replica.term(), leader);
    }
    election.heardFromLeader();
  }

  /** Handles an append of the current term. */
  void onAppend(AppendRequest request) {
    follow(request.from());
    EntryLog log = replica.log;
    long baseIndex = log.base().index();
    long verified = request.prevIndex() + request.entries().size();
    if (verified <= baseIndex) {
      // All of it lies in what a snapshot or compaction has covered, hence is committed, hence
      // agrees (H21).
      accept(request, verified);
      return;
    }
    if (request.prevIndex() >= baseIndex && !log.matches(request.prevIndex(), request.prevTerm())) {
      refuse(request);
      return;
    }
    store(request, baseIndex);
    // Not the plain commit index of the leader: behind what this request verified, our log may
    // still hold
    // a tail of some deposed leader (H20).
    replica.commitment.advanceTo(Math.min(request.commitIndex(), verified), log);
    accept(request, verified);
  }

  private void store(AppendRequest request, long baseIndex) {
    EntryLog log = replica.log;
    List<Entry> entries = request.entries();
    int known = 0;
    long index = request.prevIndex() + 1;
    while (known < entries.size()
        && (index < baseIndex || log.matches(index, entries.get(known).term()))) {
      known++;
      index++;
    }
    if (known == entries.size()) {
      return; // a repetition: it says nothing about what follows in our log, which stays (H21)
    }
    if (index <= replica.commitment.index()) {
      throw new IllegalStateException(
          "entry "
              + index
              + " is committed here and contradicted by leader "
              + request.from()
              + " of term "
              + request.term());
    }
    if (index <= log.lastIndex()) {
      log.truncateFrom(index);
      replica.memberships.truncateFrom(index);
    }
    List<Entry> added = List.copyOf(entries.subList(known, entries.size()));
    for (Entry entry : added) {
      if (entry.index() != log.lastIndex() + 1) {
        throw new IllegalStateException(
            "append with entry " + entry.index() + " after " + log.lastIndex());
      }
      log.append(entry);
      if (entry.kind() == EntryKind.MEMBERSHIP) {
        replica.memberships.append(entry.index(), MembershipCodec.decode(entry.payload()));
      }
    }
    replica.out.emit(new Effect.Append(added));
  }

  private void accept(AppendRequest request, long matchIndex) {
    replica.out.sendWhenDurable(
        new AppendReply(replica.self, request.from(), replica.term(), true, matchIndex, 0, 0, 0));
  }

  private void refuse(AppendRequest request) {
    EntryLog log = replica.log;
    // Never before the base: what is committed agrees with the leader, so its terms do not exceed
    // prevTerm.
    long hint = log.lastNotAbove(request.prevIndex(), request.prevTerm());
    replica.out.sendWhenDurable(
        new AppendReply(
            replica.self,
            request.from(),
            replica.term(),
            false,
            0,
            request.prevIndex(),
            hint,
            log.termAt(hint)));
  }

  /**
   * Handles a heartbeat of the current term. Its commit index is within what we acknowledged in
   * this term, unless it was another replica of this node that did (H50): our log may then be
   * shorter, or hold a tail of some deposed leader.
   */
  void onHeartbeat(Heartbeat heartbeat) {
    follow(heartbeat.from());
    boolean meant =
        heartbeat.toIncarnation() == 0
            || heartbeat.toIncarnation() == replica.identity.incarnation();
    if (meant) {
      replica.commitment.advanceTo(heartbeat.commitIndex(), replica.log);
    }
    replica.out.sendWhenDurable(
        new HeartbeatReply(replica.self, heartbeat.from(), replica.term(), heartbeat.round()));
  }

  /**
   * A leader of an earlier term is told ours, so that it steps down. Silence would leave it
   * waiting, and us with it if nobody else can lead (H15).
   *
   * <p>The answer names no round and no position of the old term (H18). The old leader may lead our
   * term by the time it reads the answer; an answer that named round 10 of its old term would
   * confirm round 10 of the new one, and with it reads that nobody was asked about.
   */
  void answerStaleLeader(Message message) {
    replica.out.sendWhenDurable(
        new HeartbeatReply(replica.self, message.from(), replica.term(), Rounds.NO_ROUND));
  }

  /**
   * A durable snapshot is at hand. It holds only committed state, so it is good whatever the term
   * of its sender; but it is refused where the log is already past it (H41).
   */
  void onSnapshot(int from, LogBase base) {
    EntryLog log = replica.log;
    long commitIndex = replica.commitment.index();
    if (base.index() <= commitIndex) {
      if (log.holdsTermOf(base.index()) && !log.matches(base.index(), base.term())) {
        return; // contradicts what is committed here: not a snapshot of this log
      }
      acknowledge(from, commitIndex);
      return;
    }
    if (log.matches(base.index(), base.term())) {
      // The log holds all the snapshot stands for: knowing that it is committed is enough.
      replica.commitment.advanceTo(base.index(), log);
      acknowledge(from, base.index());
      return;
    }
    log.resetTo(base);
    replica.memberships.resetTo(base);
    replica.commitment.resetTo(base.index());
    replica.out.emit(new Effect.InstallSnapshot(base));
    acknowledge(from, base.index());
  }

  /**
   * Only after the base is on disk (H42). What is committed agrees with every later leader's log.
   */
  private void acknowledge(int to, long matchIndex) {
    replica.out.sendWhenDurable(
        new AppendReply(replica.self, to, replica.term(), true, matchIndex, 0, 0, 0));
  }
}
