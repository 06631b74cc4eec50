package dev.flotilla.simulation.check;

import dev.flotilla.proto.client.v1.ErrorCode;
import dev.flotilla.proto.client.v1.Outcome;
import dev.flotilla.proto.raft.v1.BulkMessage;
import dev.flotilla.proto.raft.v1.MessageBatch;
import dev.flotilla.proto.raft.v1.RaftMessage;
import dev.flotilla.proto.raft.v1.SnapshotManifest;
import dev.flotilla.raft.core.CoreStatus;
import dev.flotilla.raft.core.LogBase;
import dev.flotilla.raft.core.Membership;
import dev.flotilla.raft.core.RaftOptions;
import dev.flotilla.raft.core.Role;
import dev.flotilla.raft.core.Standing;
import dev.flotilla.raft.fsm.StateMachine;
import dev.flotilla.raft.log.WalOptions;
import dev.flotilla.raft.runtime.ReplicaView;
import dev.flotilla.raft.wire.MessageCodec;
import dev.flotilla.simulation.world.Dice;
import dev.flotilla.simulation.world.Host;
import dev.flotilla.simulation.world.Topology;
import dev.flotilla.simulation.world.Violation;
import dev.flotilla.simulation.world.Watch;
import dev.flotilla.simulation.world.World;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Looks at everything after every event; keeps the first violation. */
public final class Invariants implements Watch {
  /** One durable image in so many opportunities: recovering one is dear. */
  private static final int IMAGE_EVERY = 40;

  private static final int BOUNDS_EVERY_PASSES = 500;

  /** A run's data fits into a fraction of this. */
  private static final long MOST_DISK_BYTES = 16L << 20;

  private static final long MOST_LOG_ENTRIES = 20_000;
  private static final long FAR_BEHIND = 50;

  private record Replica(int node, int group) implements Comparable<Replica> {
    @Override
    public int compareTo(Replica other) {
      int byNode = Integer.compare(node, other.node);
      return byNode != 0 ? byNode : Integer.compare(group, other.group);
    }

    @Override
    public String toString() {
      return "n" + node + " of g" + group;
    }
  }

  private final World world;
  private final String cluster;
  private final RaftOptions raft;
  private final WalOptions wal;
  private final Marks marks;
  private final Map<Integer, GroupLogs> logs = new TreeMap<>();
  private final Map<Integer, Effects> effects = new TreeMap<>();
  private final Map<Replica, Promises> promises = new TreeMap<>();
  private final Map<Replica, QuorumContact> contacts = new TreeMap<>();
  private final Map<Replica, LeaderRounds> rounds = new TreeMap<>();
  private final Map<Replica, Candidacy> candidacies = new TreeMap<>();

  /** The replicas that were members when they were last seen, by incarnation. */
  private final Map<Replica, Long> members = new TreeMap<>();

  /** How far the entries reach that a replica has sent, as a leader. */
  private final Map<Replica, Long> sentUpTo = new TreeMap<>();

  /** Transfers of snapshots that were offered and have not begun. */
  private final Set<Long> offered = new TreeSet<>();

  private long passes;
  private long looks;
  private @Nullable Violation violation;

  public Invariants(World world, String cluster, RaftOptions raft, WalOptions wal, Marks marks) {
    this.world = world;
    this.cluster = cluster;
    this.raft = raft;
    this.wal = wal;
    this.marks = marks;
    Topology topology = world.topology();
    Effects.SlotOwners owners = new Effects.SlotOwners();
    topology
        .groups()
        .forEach((group, members) -> {
          logs.put(group, new GroupLogs(group, marks, node -> world.host(node).nanoTime()));
          effects.put(group, new Effects(group, marks, owners));
        });
  }

  /** The first thing that was wrong, if anything was. */
  public @Nullable Violation violation() {
    return violation;
  }

  /** Something was found wrong elsewhere. */
  public void report(Violation found) {
    if (violation == null) {
      violation = found;
      world.trace().note(0, "VIOLATION " + found.getMessage());
    }
  }

  private void guarded(Runnable check) {
    try {
      check.run();
    } catch (Violation e) {
      report(e);
    }
  }

  private GroupLogs logs(int group) {
    return java.util.Objects.requireNonNull(logs.get(group));
  }

  private Promises promises(int node, int group) {
    return promises.computeIfAbsent(
        new Replica(node, group), replica -> new Promises(replica.toString(), marks));
  }

  private QuorumContact contact(int node, int group) {
    return contacts.computeIfAbsent(
        new Replica(node, group), replica -> new QuorumContact(replica.toString(), raft));
  }

  private LeaderRounds rounds(int node, int group) {
    return rounds.computeIfAbsent(
        new Replica(node, group), replica -> new LeaderRounds(replica.toString(), raft));
  }

  private Candidacy candidacy(int node, int group) {
    return candidacies.computeIfAbsent(
        new Replica(node, group), replica -> new Candidacy(replica.toString()));
  }

  // ---------------------------------------------------------------- what is looked at

  @Override
  public void started(Host host) {
    marks.hitIf(host.lives() > 1, Mark.NODE_RESTARTED);
    guarded(() -> {
      for (int group : world.groupsOf(host.id())) {
        ReplicaView view = host.view(group);
        if (view == null) {
          continue;
        }
        checkIdentity(host, group, view.status());
        promises(host.id(), group).check(view, logs(group)::isCommitted);
        StateMachine machine = host.machine(group);
        marks.hitIf(
            machine != null && machine.applied().index() < view.status().lastIndex(),
            Mark.STATE_BEHIND_LOG_AT_START);
        Long sent = sentUpTo.remove(new Replica(host.id(), group));
        marks.hitIf(sent != null && view.status().lastIndex() < sent, Mark.UNSYNCED_ENTRIES_LOST);
        logs(group).look(host.id(), view, index -> {});
      }
    });
  }

  /** A replica that was a member gives its identity up for damage only (H50). */
  private void checkIdentity(Host host, int group, CoreStatus status) {
    Long before = members.get(new Replica(host.id(), group));
    if (before != null && before != status.incarnation() && !host.isImpaired()) {
      throw new Violation(
          "whole replicas keep their identity",
          "n%d of g%d came back as another replica".formatted(host.id(), group));
    }
  }

  @Override
  public void ended(Host host, String how) {
    for (int group : world.groupsOf(host.id())) {
      logs(group).forget(host.id());
    }
    marks.hitIf(
        how.startsWith("could not start") && host.isImpaired(), Mark.DAMAGE_REFUSED_AT_START);
    marks.hitIf(how.startsWith("power"), Mark.POWER_LOST);
    marks.hitIf(how.startsWith("power cut inside"), Mark.POWER_CUT_INSIDE_A_PASS);
    marks.hitIf(world.hosts().stream().noneMatch(Host::isUp), Mark.ALL_NODES_DOWN);
    if (how.startsWith("could not start")) {
      marks.hit(Mark.START_FAILED);
      if (!host.storageExcuse() && !host.isImpaired()) {
        report(new Violation("a node can start from what it left", "n" + host.id() + " " + how));
      }
    }
    Host.Exit exit = host.exit();
    if (exit != null) {
      marks.hitIf(exit.code() == 70, Mark.EXIT_70);
      if (exit.code() != 70 || !host.storageExcuse()) {
        report(new Violation("nodes end for storage failures only", "n" + host.id() + " " + exit));
      }
    }
  }

  @Override
  public void passed(Host host, String duty) {
    passes++;
    world.trace().event(host.id(), duty, 0, 0, 0);
    guarded(() -> {
      for (int group : world.groupsOf(host.id())) {
        ReplicaView view = host.view(group);
        if (view != null) {
          look(host, group, view);
          if (duty.equals(Host.LOOP)) {
            contact(host.id(), group).look(view.status());
            rounds(host.id(), group).checkLease(host.id(), view.status(), host.nanoTime());
          }
        }
      }
      if (host.isImpaired() && isWholeAgain(host)) {
        host.setImpaired(false);
        marks.hit(Mark.DAMAGED_REPLICA_WHOLE_AGAIN);
        world.trace().note(host.id(), "whole again");
      }
      if (passes % BOUNDS_EVERY_PASSES == 0) {
        checkBounds(host);
      }
    });
  }

  /** Whether all groups of a host count its replicas again, after damage. */
  private boolean isWholeAgain(Host host) {
    return world.groupsOf(host.id()).stream()
        .allMatch(group -> {
          ReplicaView view = host.view(group);
          Membership membership = logs(group).newestMembership();
          boolean isMember =
              view != null
                  && membership.voters().contains(host.id())
                  && !membership.isJoint()
                  && membership.incarnationOf(host.id()) == view.status().incarnation()
                  && view.status().standing() == Standing.MEMBER;
          return isMember || (view != null && !membership.contains(host.id()));
        });
  }

  private void look(Host host, int group, ReplicaView view) {
    int node = host.id();
    if (view.failure() != null) {
      throw new Violation(
          "replicas do not fail", "n%d of g%d: %s".formatted(node, group, view.failure()));
    }
    if (view.status().standing() == Standing.MEMBER) {
      members.put(new Replica(node, group), view.status().incarnation());
    } else {
      members.remove(new Replica(node, group));
    }
    GroupLogs log = logs(group);
    boolean led = log.leads(node);
    log.look(node, view, index -> promises(node, group).truncatedAfter(index, view));
    if (!led && view.status().role() == Role.LEADER) {
      candidacy(node, group).elected(node, view.status());
    }
    marks.hitIf(
        led && host.isDiskSlow() && view.status().role() != Role.LEADER,
        Mark.SLOW_DISK_COST_THE_LEADERSHIP);
    Membership membership = view.status().membership();
    marks.hitIf(membership.isJoint(), Mark.JOINT_MEMBERSHIP);
    marks.hitIf(!membership.learners().isEmpty(), Mark.LEARNER);
    marks.hitIf(
        view.status().role() == Role.LEADER && !membership.voters().contains(node),
        Mark.LEADER_OUTSIDE_ITS_MEMBERSHIP);
    marks.hitIf(view.status().standing() == Standing.REMOVED, Mark.REMOVED_REPLICA_STILL_RUNNING);
    for (CoreStatus.PeerStatus peer : view.status().peers()) {
      marks.hitIf(
          view.status().lastIndex() - peer.matchIndex() > FAR_BEHIND, Mark.FOLLOWER_FAR_BEHIND);
    }
    world.trace().event(node, "state", view.status().term(), view.status().commitIndex(), group);
  }

  private void checkBounds(Host host) {
    long used = Long.MAX_VALUE - host.disk().usableBytes();
    boolean unlimited = used >= 0 && used < Long.MAX_VALUE / 2;
    if (unlimited && used > MOST_DISK_BYTES) {
      throw new Violation("disk use is bounded", "n" + host.id() + " uses " + used + " bytes");
    }
    marks.hitIf(segments(host) > 3, Mark.LOG_OF_SEVERAL_SEGMENTS);
    for (int group : world.groupsOf(host.id())) {
      ReplicaView view = host.view(group);
      if (view != null
          && view.status().lastIndex() - view.status().base().index() > MOST_LOG_ENTRIES) {
        throw new Violation("logs are compacted", "n" + host.id() + " of g" + group);
      }
    }
  }

  private static int segments(Host host) {
    try {
      return host.disk().list("wal").size();
    } catch (IOException e) {
      throw new Violation("what is durable can be read", "n" + host.id(), e);
    }
  }

  @Override
  public void sending(Host host, int toNode, MessageBatch batch) {
    guarded(() -> {
      for (RaftMessage message : batch.getMessagesList()) {
        ReplicaView view = host.view(message.getGroup());
        if (view == null) {
          continue;
        }
        sending(host, message, view);
      }
    });
  }

  private void sending(Host host, RaftMessage message, ReplicaView view) {
    int node = host.id();
    world
        .trace()
        .event(
            node,
            message.getBodyCase().name(),
            message.getTo(),
            message.getTerm(),
            message.getGroup());
    Promises promised = promises(node, message.getGroup());
    promised.told(message, view);
    switch (message.getBodyCase()) {
      case APPEND_REQUEST -> {
        logs(message.getGroup()).leads(node, message.getTerm());
        sentUpTo.put(
            new Replica(node, message.getGroup()),
            message.getAppendRequest().getPrevIndex()
                + message.getAppendRequest().getEntriesCount());
      }
      case HEARTBEAT -> {
        logs(message.getGroup()).leads(node, message.getTerm());
        rounds(node, message.getGroup())
            .sent(message.getTerm(), message.getHeartbeat().getRound(), host.nanoTime());
      }
      case TIMEOUT_NOW -> {
        logs(message.getGroup()).leads(node, message.getTerm());
        marks.hit(Mark.TRANSFER_ASKED_FOR);
      }
      case PRE_VOTE_REPLY ->
          marks.hitIf(!message.getPreVoteReply().getGranted(), Mark.PRE_VOTE_REFUSED);
      case VOTE_REPLY -> {
        marks.hitIf(!message.getVoteReply().getGranted(), Mark.VOTE_REFUSED);
        if (message.getVoteReply().getGranted()) {
          checkImage(host, message.getGroup(), 0, 0, promised);
        }
      }
      case VOTE_REQUEST -> {
        marks.hitIf(message.getVoteRequest().getLeadershipTransfer(), Mark.CAMPAIGN_BY_TRANSFER);
        checkImage(host, message.getGroup(), 0, 0, promised);
      }
      case APPEND_REPLY -> {
        marks.hitIf(!message.getAppendReply().getSuccess(), Mark.APPEND_REFUSED);
        boolean success =
            message.getAppendReply().getSuccess() && Promises.isForItsLeader(message, view);
        long match = message.getAppendReply().getMatchIndex();
        long base = view.status().base().index();
        if (success && match > base) {
          long term = view.log().entries(match, match).getFirst().term();
          sampleImage(host, message.getGroup(), match, term, promised);
        } else if (success && match == base && base > 0) {
          // Perhaps a snapshot that was just taken in.
          checkImage(host, message.getGroup(), base, view.status().base().term(), promised);
          checkSnapshotOf(host, message.getGroup(), view.status().base());
        }
      }
      case PRE_VOTE_REQUEST, HEARTBEAT_REPLY, BODY_NOT_SET -> {}
    }
  }

  @Override
  public void arriving(Host host, MessageBatch batch) {
    for (RaftMessage message : batch.getMessagesList()) {
      if (message.hasHeartbeatReply()) {
        long round = message.getHeartbeatReply().getRound();
        rounds(host.id(), message.getGroup()).answered(message.getFrom(), message.getTerm(), round);
      }
      if (message.hasVoteReply() && message.getVoteReply().getGranted()) {
        candidacy(host.id(), message.getGroup())
            .granted(message.getFrom(), message.getIncarnation(), message.getTerm());
      }
      ReplicaView view = host.view(message.getGroup());
      if (view != null && message.hasVoteRequest()) {
        promises(host.id(), message.getGroup())
            .asked(message.getFrom(), message.getTerm(), message.getVoteRequest());
        long term = message.getVoteRequest().getLastLogTerm();
        long index = message.getVoteRequest().getLastLogIndex();
        marks.hitIf(
            term < view.status().lastTerm()
                || (term == view.status().lastTerm() && index < view.status().lastIndex()),
            Mark.CANDIDATE_WITH_SHORTER_LOG);
      }
    }
  }

  @Override
  public void sendingBulk(Host host, int toNode, BulkMessage message) {
    world.trace().event(host.id(), message.getBodyCase().name(), toNode, message.getGroup(), 0);
    switch (message.getBodyCase()) {
      case OFFER -> {
        marks.hit(Mark.SNAPSHOT_OFFERED);
        offered.add(message.getOffer().getTransfer());
        SnapshotManifest manifest = message.getOffer().getManifest();
        guarded(() ->
            logs(message.getGroup())
                .offered(
                    host.id(), manifest.getIndex(), MessageCodec.decode(manifest.getMembership())));
      }
      case CHUNK -> {
        boolean first = offered.remove(message.getChunk().getTransfer());
        marks.hitIf(
            first && (message.getChunk().getFile() > 0 || message.getChunk().getOffset() > 0),
            Mark.SNAPSHOT_RESUMED);
      }
      case PROGRESS, BODY_NOT_SET -> {}
    }
  }

  @Override
  public void membersChanged(boolean done) {
    marks.hit(done ? Mark.MEMBERS_CHANGED : Mark.CHANGE_OF_MEMBERS_REFUSED);
  }

  @Override
  public ReadArrival readArrives(Host host, int group) {
    ReplicaView view = host.view(group);
    long term = view == null ? 0 : view.status().term();
    return new ReadArrival(
        logs(group).committedIndex(),
        term,
        rounds(host.id(), group).lastOf(term),
        view == null ? 0 : view.status().membershipIndex());
  }

  @Override
  public void answersRead(Host host, int group, ReadArrival arrival) {
    guarded(() -> {
      StateMachine machine = host.machine(group);
      if (machine != null && machine.applied().index() < arrival.committedIndex()) {
        throw new Violation(
            "reads see what was committed before",
            "n%d of g%d answers from %s, and %d was committed when it was asked"
                .formatted(host.id(), group, machine.applied(), arrival.committedIndex()));
      }
      ReplicaView view = host.view(group);
      if (view != null && !raft.leaseReads()) {
        rounds(host.id(), group).checkRead(arrival, host.id(), view.status());
      }
    });
  }

  @Override
  public void retried() {
    marks.hit(Mark.RETRIED);
  }

  private void sampleImage(Host host, int group, long index, long term, Promises promised) {
    if (Dice.below(world.dice().roll(host.id() * 31L + 5, looks++), IMAGE_EVERY) == 0) {
      checkImage(host, group, index, term, promised);
    }
  }

  /** What a message says is durable must be, at the moment it leaves. */
  private void checkImage(Host host, int group, long index, long term, Promises promised) {
    if (host.isImpaired()) {
      return;
    }
    try (DurableImage image = DurableImage.of(host.disk(), cluster, host.id(), wal)) {
      promised.check(image.hardState(group));
      if (index > 0 && !image.holds(group, index, term)) {
        throw new Violation(
            "nothing is told before it is durable",
            "n%d acknowledges entry %d of g%d, which is not on its disk"
                .formatted(host.id(), index, group));
      }
    } catch (IOException e) {
      throw new Violation("what is durable can be read", "n" + host.id(), e);
    }
  }

  /** A log that begins where the state machine has not come to needs its snapshot (H33, H42). */
  private void checkSnapshotOf(Host host, int group, LogBase base) {
    StateMachine machine = host.machine(group);
    if (machine == null || machine.applied().index() >= base.index() || host.isImpaired()) {
      return;
    }
    String name = base.index() + "-" + base.term();
    try {
      String folder = "groups/g" + group + "/snapshots";
      if (!host.disk().durableImage().list(folder).contains(name)) {
        throw new Violation(
            "a snapshot is durable before its log begins",
            "n%d of g%d acknowledges %s, state at %s"
                .formatted(host.id(), group, name, machine.applied()));
      }
    } catch (IOException e) {
      throw new Violation("what is durable can be read", "n" + host.id(), e);
    }
  }

  @Override
  public void acknowledged(int group, long index) {
    if (index < 1 || Dice.below(world.dice().roll(group * 37L + 6, looks++), IMAGE_EVERY) != 0) {
      return;
    }
    guarded(() -> {
      if (index > logs(group).committedIndex()) {
        throw new Violation(
            "what is acknowledged is committed", "g%d: entry %d".formatted(group, index));
      }
      GroupLogs.Committers committers = logs(group).committersOf(index);
      if (committers == null) {
        return;
      }
      checkMajority(group, index, committers.voters());
      if (!committers.outgoing().isEmpty()) {
        checkMajority(group, index, committers.outgoing());
      }
    });
  }

  private void checkMajority(int group, long index, Set<Integer> voters) {
    int holders = 0;
    for (int node : voters) {
      Host host = world.host(node);
      if (host.isImpaired()) {
        holders++; // it may have been there before the damage
        continue;
      }
      try (DurableImage image = DurableImage.of(host.disk(), cluster, node, wal)) {
        holders += image.holds(group, index, logs(group).committedTerm(index)) ? 1 : 0;
      } catch (IOException e) {
        throw new Violation("what is durable can be read", "n" + node, e);
      }
    }
    if (holders <= voters.size() / 2) {
      throw new Violation(
          "what is acknowledged is on a majority's disks",
          "g%d: entry %d is on %d of %s".formatted(group, index, holders, voters));
    }
  }

  @Override
  public void declined(ErrorCode error, Outcome outcome) {
    switch (error) {
      case ERROR_CODE_NOT_LEADER -> marks.hit(Mark.REDIRECTED);
      case ERROR_CODE_OVERLOADED -> marks.hit(Mark.OVERLOADED);
      case ERROR_CODE_TIMEOUT -> marks.hit(Mark.TIMED_OUT);
      case ERROR_CODE_DISK_FULL -> marks.hit(Mark.DISK_FULL_REFUSAL);
      case ERROR_CODE_LEADERSHIP_LOST -> marks.hit(Mark.LEADERSHIP_LOST_WITH_COMMANDS_OPEN);
      default -> {}
    }
  }

  @Override
  public StateMachine watched(Host host, int group, StateMachine machine) {
    return new WatchedMachine(
        host.id(),
        machine,
        java.util.Objects.requireNonNull(effects.get(group)),
        marks,
        this::report);
  }

  /** Whether somebody leads the group. */
  public boolean hasLeader(int group) {
    return world.hostsOf(group).stream()
        .map(node -> world.host(node).view(group))
        .anyMatch(view -> view != null && view.status().role() == Role.LEADER);
  }
}
