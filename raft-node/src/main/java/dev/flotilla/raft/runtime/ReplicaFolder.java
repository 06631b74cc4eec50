package dev.flotilla.raft.runtime;

import dev.flotilla.raft.core.HardState;
import dev.flotilla.raft.core.ReplicaIdentity;
import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.DiskFile;
import dev.flotilla.raft.log.LogIdentity;
import dev.flotilla.raft.log.ReplicaDamagedException;
import dev.flotilla.raft.log.ReplicaFile;
import dev.flotilla.raft.log.ReplicaRecord;
import java.io.IOException;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One group's folder, {@code groups/g<id>}: {@code replica-a} and {@code replica-b} (who this
 * replica is, its term and vote), {@code state} and {@code snapshots}.
 */
final class ReplicaFolder implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ReplicaFolder.class);
  static final String GROUPS = "groups";
  private static final String STATE = "/state";
  private static final String SET_ASIDE = "/state.damaged";
  private static final String DAMAGED_MARK = "/STATE-DAMAGED";

  private final Disk disk;
  private final String name;
  private final int group;
  private final String path;
  private final RandomGenerator random;
  private final ReplicaFile file;

  /** Its identity was drawn since it was opened: nobody was told anything under it. */
  private boolean newborn;

  private ReplicaFolder(
      Disk disk, String name, int group, RandomGenerator random, ReplicaFile file) {
    this.disk = disk;
    this.name = name;
    this.group = group;
    this.path = path(group);
    this.random = random;
    this.file = file;
  }

  private static String path(int group) {
    return GROUPS + "/g" + group;
  }

  /**
   * Opens the folder of a replica that has lived here; empty when there is none.
   *
   * @param name of node and group, for people
   * @param random where a new incarnation comes from
   * @throws ReplicaDamagedException when it does not know any more what it promised
   */
  static Optional<ReplicaFolder> open(
      Disk disk, String name, LogIdentity owner, int group, RandomGenerator random)
      throws IOException {
    return ReplicaFile.open(disk, path(group), owner, group)
        .map(file -> new ReplicaFolder(disk, name, group, random, file));
  }

  /** Begins a replica's life. */
  static ReplicaFolder create(
      Disk disk,
      String name,
      LogIdentity owner,
      int group,
      RandomGenerator random,
      HardState hardState,
      boolean rejoining)
      throws IOException {
    ReplicaRecord record = new ReplicaRecord(draw(random, 0), rejoining, hardState);
    ReplicaFile file = ReplicaFile.create(disk, path(group), owner, group, record);
    ReplicaFolder folder = new ReplicaFolder(disk, name, group, random, file);
    folder.newborn = true;
    return folder;
  }

  private static long draw(RandomGenerator random, long other) {
    long drawn = random.nextLong();
    while (drawn == 0 || drawn == other) {
      drawn = random.nextLong();
    }
    return drawn;
  }

  String name() {
    return name;
  }

  ReplicaIdentity identity() {
    return new ReplicaIdentity(file.record().incarnation(), file.record().rejoining());
  }

  HardState hardState() {
    return file.record().hardState();
  }

  boolean isRejoining() {
    return file.record().rejoining();
  }

  /**
   * Whether it rejoins and has promised nothing yet. Rejoining alone does not tell: a replica that
   * its group has let in again, and that has voted and acknowledged since, is told so to its file
   * at its next start only.
   */
  boolean isRejoiningAnew() {
    return newborn && isRejoining();
  }

  /** Durable on return. */
  void keep(HardState hardState) throws IOException {
    file.keep(hardState);
  }

  /**
   * This replica may have lost something it had promised, so it is not itself any more: durably
   * takes another incarnation. Term and vote are kept, the term being at least the given one.
   */
  void giveUpIdentity(String reason, long minTerm) throws IOException {
    HardState known = file.record().hardState();
    HardState kept = known.term() >= minTerm ? known : new HardState(minTerm, HardState.NO_VOTE);
    long incarnation = draw(random, file.record().incarnation());
    log.warn(
        "{} in term {}: {}; replica {} gives up its identity and rejoins its group as {}",
        name,
        kept.term(),
        reason,
        Long.toHexString(file.record().incarnation()),
        Long.toHexString(incarnation));
    file.renew(incarnation, kept);
    newborn = true;
  }

  /** The group has let this incarnation in. */
  void rejoined() throws IOException {
    file.rejoined();
  }

  /** The state machine's folder. */
  String state() {
    return path + STATE;
  }

  String snapshots() {
    return path + "/snapshots";
  }

  void prepare() throws IOException {
    if (disk.exists(path + DAMAGED_MARK)) {
      log.warn("{}: its state was found damaged in the life before", name);
      setStateAside();
    }
    disk.createDirectories(state());
    disk.createDirectories(snapshots());
  }

  /** Makes the next start take the state for lost, should this one not get to it. */
  void markStateDamaged() throws IOException {
    if (!disk.exists(path + DAMAGED_MARK)) {
      try (DiskFile mark = disk.open(path + DAMAGED_MARK, Disk.OpenMode.CREATE_NEW)) {
        mark.sync();
      }
      disk.syncDirectory(path);
    }
  }

  /**
   * The state is lost: an empty folder takes its place. One such folder is left for whoever wants
   * to look.
   */
  void setStateAside() throws IOException {
    if (disk.exists(state())) {
      disk.deleteRecursively(path + SET_ASIDE);
      disk.rename(state(), path + SET_ASIDE);
    }
    disk.syncDirectory(path);
    disk.createDirectories(state());
    disk.delete(path + DAMAGED_MARK);
    disk.syncDirectory(path);
    log.warn("{}: the state of group {} is set aside in {}", name, group, path + SET_ASIDE);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
