package dev.flotilla.raft.runtime;

import dev.flotilla.raft.core.HardState;
import dev.flotilla.raft.core.LogBase;
import dev.flotilla.raft.core.Membership;
import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.RandomStreams;
import dev.flotilla.raft.log.BackgroundWork;
import dev.flotilla.raft.log.GroupLog;
import dev.flotilla.raft.log.LogDamagedException;
import dev.flotilla.raft.log.LogIdentity;
import dev.flotilla.raft.log.LogSalvage;
import dev.flotilla.raft.log.ReplicaDamagedException;
import dev.flotilla.raft.log.WriteAheadLog;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the node's log together with its replicas' folders, and repairs a damaged one (H34, H35).
 *
 * <p>The order makes every step safe to be interrupted and to be done again: first every replica
 * that may have lost something durably becomes another one, which neither votes nor serves before
 * its group has let it in again; only then is the log replaced by what is left of it. What is
 * missing comes from the group's leader. Replicas that have lost nothing stay who they are.
 */
final class LogOpening {
  private static final Logger log = LoggerFactory.getLogger(LogOpening.class);
  static final String WAL = "wal";

  private final NodeOptions options;
  private final Disk disk;
  private final RandomStreams random;
  private final LogIdentity owner;
  private final Map<Integer, ReplicaSpec> specs = new TreeMap<>();

  /** By group; those of the specs, and others that the log knows and nobody asks for now. */
  private final SortedMap<Integer, ReplicaFolder> folders = new TreeMap<>();

  LogOpening(NodeOptions options, NodeEnvironment env, LogIdentity owner, List<ReplicaSpec> specs) {
    this.options = options;
    this.disk = env.disk();
    this.random = env.random();
    this.owner = owner;
    specs.forEach(spec -> this.specs.put(spec.group(), spec));
  }

  /**
   * @param lived whether the node had a log here before, which cannot be missing for a good reason
   * @param keptReplicas whether folders that lived here had replica files from the beginning
   * @throws LogDamagedException when the log is damaged and no peer could repair it
   */
  WriteAheadLog open(boolean lived, boolean keptReplicas, BackgroundWork background)
      throws IOException {
    for (int group : specs.keySet()) {
      find(group);
    }
    if (lived && !WriteAheadLog.exists(disk, WAL)) {
      giveUp(specs.keySet(), "its log is gone", Map.of());
    }
    WriteAheadLog wal = openRepaired(background);
    try {
      for (ReplicaSpec spec : specs.values()) {
        settle(spec, wal, keptReplicas);
      }
      return wal;
    } catch (IOException | RuntimeException e) {
      NodeRecovery.closeAfter(e, wal);
      throw e;
    }
  }

  SortedMap<Integer, ReplicaFolder> folders() {
    return folders;
  }

  /** The folder of one of the specs' groups, once the log is open. */
  ReplicaFolder folder(int group) {
    ReplicaFolder folder = folders.get(group);
    if (folder == null) {
      throw new IllegalStateException(name(group) + " has no folder");
    }
    return folder;
  }

  void close(Exception cause) {
    folders.values().forEach(folder -> NodeRecovery.closeAfter(cause, folder));
  }

  private Optional<ReplicaFolder> find(int group) throws IOException {
    ReplicaFolder known = folders.get(group);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<ReplicaFolder> found =
        ReplicaFolder.open(disk, name(group), owner, group, incarnations(group));
    found.ifPresent(folder -> folders.put(group, folder));
    return found;
  }

  private RandomGenerator incarnations(int group) {
    return random.stream("incarnation/g" + group);
  }

  private String name(int group) {
    ReplicaSpec spec = specs.get(group);
    return options.name() + " " + (spec == null ? "g" + group : spec.name());
  }

  private WriteAheadLog openRepaired(BackgroundWork background) throws IOException {
    try {
      return WriteAheadLog.open(disk, WAL, owner, options.wal(), background);
    } catch (LogDamagedException e) {
      log.error("{}: the log is damaged: {}", options.name(), e.getMessage());
      repair(e);
    }
    return WriteAheadLog.open(disk, WAL, owner, options.wal(), background);
  }

  private void repair(LogDamagedException damage) throws IOException {
    try (LogSalvage salvage = LogSalvage.read(disk, WAL, owner)) {
      Set<Integer> lost = new TreeSet<>(specs.keySet());
      lost.addAll(salvage.cut());
      lost.removeAll(salvage.whole());
      Map<Integer, HardState> known = new TreeMap<>();
      for (int group : lost) {
        known.put(group, salvage.hardState(group));
      }
      giveUp(lost, "a part of its log is damaged (" + damage.getMessage() + ")", known);
      salvage.replaceLog(options.wal());
      log.warn(
          "{}: the log is repaired: groups {} lost nothing, groups {} rejoin",
          options.name(),
          salvage.whole(),
          lost);
    }
  }

  private void giveUp(Set<Integer> groups, String reason, Map<Integer, HardState> known)
      throws IOException {
    for (int group : groups) {
      ReplicaSpec spec = specs.get(group);
      if (spec != null && isAlone(spec)) {
        throw new LogDamagedException(
            name(group) + ": " + reason + ", and no other node has its data");
      }
    }
    for (int group : groups) {
      HardState inLog = known.getOrDefault(group, HardState.INITIAL);
      Optional<ReplicaFolder> folder = find(group);
      if (folder.isPresent()) {
        folder.get().keep(newer(folder.get().hardState(), inLog, name(group)));
        folder.get().giveUpIdentity(reason, 0);
      } else if (specs.containsKey(group)) {
        log.warn("{}: {}; it rejoins its group", name(group), reason);
        folders.put(group, create(group, inLog, true));
      }
    }
  }

  /** Whether the group has no other member who could have what this one lost. */
  boolean isAlone(ReplicaSpec spec) {
    return spec.founders().all().equals(Set.of(options.node()));
  }

  private ReplicaFolder create(int group, HardState hardState, boolean rejoining)
      throws IOException {
    return ReplicaFolder.create(
        disk, name(group), owner, group, incarnations(group), hardState, rejoining);
  }

  /** Brings a group's folder and log to the same knowledge, whatever a crash came between. */
  private void settle(ReplicaSpec spec, WriteAheadLog wal, boolean keptReplicas)
      throws IOException {
    int group = spec.group();
    boolean logged = wal.group(group).isPresent();
    ReplicaFolder folder = folders.get(group);
    if (folder == null) {
      HardState hardState = logged ? wal.group(group).orElseThrow().hardState() : HardState.INITIAL;
      if (logged && keptReplicas) {
        throw new ReplicaDamagedException(
            name(group) + ": both copies of its term and vote are missing");
      }
      // Who is told to join may have been here before, and lost its folder.
      folder = create(group, hardState, spec.bootstrap().isEmpty());
      folders.put(group, folder);
    }
    if (!logged) {
      boolean promised = !folder.hardState().equals(HardState.INITIAL);
      if (promised && !folder.isRejoiningAnew()) {
        giveUp(Set.of(group), "the log does not hold it any more", Map.of());
      }
      Membership first = folder.isRejoining() ? Membership.EMPTY : spec.bootstrap();
      wal.create(group, new LogBase(0, 0, first));
    } else if (spec.isNew() && waitsInVain(folder, wal.group(group).orElseThrow())) {
      log.info("{}: has waited for a group that is new, as it is told now", name(group));
      folder.rejoined();
      wal.remove(group);
      wal.create(group, new LogBase(0, 0, spec.bootstrap()));
    }
    HardState inLog = wal.group(group).orElseThrow().hardState();
    HardState newest = newer(folder.hardState(), inLog, folder.name());
    folder.keep(newest);
    if (!newest.equals(inLog)) {
      wal.group(group).orElseThrow().setHardState(newest);
    }
  }

  /**
   * Whether the replica waits for a leader and has not heard of any: whoever wants something of it,
   * if only an answer to a heartbeat, leaves a term behind.
   */
  private static boolean waitsInVain(ReplicaFolder folder, GroupLog log) {
    return log.base().index() == 0
        && log.base().membership().isEmpty()
        && log.lastIndex() == 0
        && log.hardState().equals(HardState.INITIAL)
        && folder.hardState().equals(HardState.INITIAL);
  }

  /** Both were written at some time, the folder's first: the later one counts. */
  static HardState newer(HardState a, HardState b, String name) throws IOException {
    if (a.term() != b.term()) {
      return a.term() > b.term() ? a : b;
    }
    if (a.vote() != b.vote() && a.vote() != HardState.NO_VOTE && b.vote() != HardState.NO_VOTE) {
      throw new ReplicaDamagedException(
          name
              + ": in term "
              + a.term()
              + " it voted for node "
              + a.vote()
              + " by its folder and for node "
              + b.vote()
              + " by its log");
    }
    return a.vote() == HardState.NO_VOTE ? b : a;
  }
}
