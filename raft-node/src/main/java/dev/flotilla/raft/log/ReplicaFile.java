package dev.flotilla.raft.log;

import dev.flotilla.raft.core.HardState;
import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link ReplicaRecord} on disk, in two copies: {@code replica-a} and {@code replica-b} in the
 * group's folder. Each is one sector, overwritten in place and fsynced, a first and then b, so that
 * a power loss spoils one of them at most. A record is told to anyone only when both copies hold
 * it, so one copy that is valid, whichever it is, holds every promise that was made.
 *
 * <p>Written when term, vote or identity change, which is rare, and always before the log's own
 * record of the same hard state: what the log knows of term and vote is never newer (H13), and
 * nothing that reveals them leaves before both are on disk (H10, H11).
 *
 * <pre>
 * 0 magic u32 | 4 crc32c u32 of bytes 8..72 | 8 version u32 | 12 node u32 | 16 node incarnation u64
 * 24 group u32 | 28 flags u32 (1 = rejoining) | 32 sequence u64 | 40 incarnation u64 | 48 term u64
 * 56 vote u32 | zeros up to 512, all little-endian
 * </pre>
 *
 * Not thread-safe.
 */
public final class ReplicaFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicaFile.class);
  private static final String[] NAMES = {"replica-a", "replica-b"};

  /** A copy gets its name when it is complete, so that what has the name was valid once. */
  private static final String STAGING_SUFFIX = ".tmp";

  private static final int MAGIC = 0x50524c46; // "FLRP"
  private static final int VERSION = 1;
  private static final int BYTES = LogFormat.ALIGNMENT;
  private static final int CHECKED_BYTES = 72;
  private static final int REJOINING = 1;

  /** A valid copy. */
  private record Copy(ReplicaRecord record, long sequence) {}

  private final LogIdentity owner;
  private final int group;
  private final DiskFile[] files;
  private ReplicaRecord record;
  private long sequence;

  private ReplicaFile(
      LogIdentity owner, int group, DiskFile[] files, ReplicaRecord record, long sequence) {
    this.owner = owner;
    this.group = group;
    this.files = files;
    this.record = record;
    this.sequence = sequence;
  }

  /**
   * Opens the group's record, or finds that there is none. A copy that is bad, missing or behind is
   * written anew from the other one.
   *
   * @param folder the group's folder on the disk
   * @throws ReplicaDamagedException when there was a record once and no copy of it is valid
   */
  public static Optional<ReplicaFile> open(Disk disk, String folder, LogIdentity owner, int group)
      throws IOException {
    // Names may be in memory only, when the process died between a rename and its fsync.
    disk.createDirectories(folder);
    disk.syncDirectory(folder);
    Copy newest = null;
    int newestAt = 0;
    boolean stale = false;
    int present = 0;
    String problems = "";
    for (int i = 0; i < NAMES.length; i++) {
      String path = folder + "/" + NAMES[i];
      if (!disk.exists(path)) {
        problems += (problems.isEmpty() ? "" : "; ") + path + " is missing";
        continue;
      }
      present++;
      ByteBuffer bytes = read(disk, path);
      String problem = objection(bytes, owner, group);
      if (!problem.isEmpty()) {
        problems += (problems.isEmpty() ? "" : "; ") + path + " " + problem;
        continue;
      }
      Copy copy = decode(bytes);
      stale |= newest != null && newest.sequence != copy.sequence;
      if (newest == null || copy.sequence > newest.sequence) {
        newest = copy;
        newestAt = i;
      }
    }
    if (newest == null) {
      if (present == 0) {
        return Optional.empty();
      }
      throw new ReplicaDamagedException(
          "both copies of term and vote of group " + group + " are unusable: " + problems);
    }
    if (!problems.isEmpty()) {
      LOG.warn(
          "node {} group {} term {}: {}; written anew from the other copy",
          owner.node(),
          group,
          newest.record.hardState().term(),
          problems);
    }
    return Optional.of(
        opened(disk, folder, owner, group, newest, newestAt, stale || !problems.isEmpty()));
  }

  private static ReplicaFile opened(
      Disk disk,
      String folder,
      LogIdentity owner,
      int group,
      Copy newest,
      int newestAt,
      boolean repair)
      throws IOException {
    DiskFile[] files = new DiskFile[NAMES.length];
    ReplicaFile opened = new ReplicaFile(owner, group, files, newest.record, newest.sequence);
    try {
      for (int i = 0; i < NAMES.length; i++) {
        String path = folder + "/" + NAMES[i];
        if (!disk.exists(path)) {
          opened.stage(disk, path);
          disk.syncDirectory(folder);
        }
        files[i] = disk.open(path, Disk.OpenMode.READ_WRITE);
      }
      // The power may fail while one is written over: by then the other one must be good, and on
      // the disk. So the newest, which may be the only good one, is synced first and written last;
      // and it is written although both agree, for what was read may stand in the kernel's cache
      // only (H32). In place, because that needs no room.
      files[newestAt].sync();
      opened.write(
          repair ? newest.sequence + 1 : newest.sequence,
          newest.record,
          NAMES.length - 1 - newestAt,
          newestAt);
      return opened;
    } catch (IOException | RuntimeException e) {
      closeAfter(files, e);
      throw e;
    }
  }

  /** Begins a replica's life, durably. */
  public static ReplicaFile create(
      Disk disk, String folder, LogIdentity owner, int group, ReplicaRecord record)
      throws IOException {
    disk.createDirectories(folder);
    DiskFile[] files = new DiskFile[NAMES.length];
    ReplicaFile created = new ReplicaFile(owner, group, files, record, 1);
    try {
      for (int i = 0; i < NAMES.length; i++) {
        String path = folder + "/" + NAMES[i];
        created.stage(disk, path);
        files[i] = disk.open(path, Disk.OpenMode.READ_WRITE);
      }
      disk.syncDirectory(folder);
      return created;
    } catch (IOException | RuntimeException e) {
      closeAfter(files, e);
      throw e;
    }
  }

  public ReplicaRecord record() {
    return record;
  }

  /**
   * Keeps term and vote; durable on return.
   *
   * @throws IOException when the disk fails; nothing may be told, and the process must end
   */
  public void keep(HardState hardState) throws IOException {
    if (!hardState.equals(record.hardState())) {
      write(sequence + 1, new ReplicaRecord(record.incarnation(), record.rejoining(), hardState));
    }
  }

  /** Something was lost: from now on this is another replica, which has to rejoin its group. */
  public void renew(long incarnation, HardState hardState) throws IOException {
    if (incarnation == record.incarnation()) {
      throw new IllegalArgumentException("the new incarnation is the old one");
    }
    write(sequence + 1, new ReplicaRecord(incarnation, true, hardState));
  }

  /** The group has taken this incarnation back. */
  public void rejoined() throws IOException {
    if (record.rejoining()) {
      write(sequence + 1, new ReplicaRecord(record.incarnation(), false, record.hardState()));
    }
  }

  private void write(long nextSequence, ReplicaRecord next) throws IOException {
    write(nextSequence, next, 0, 1);
  }

  /** Writes the copies one after the other: the second only when the first is durable. */
  private void write(long nextSequence, ReplicaRecord next, int first, int second)
      throws IOException {
    for (DiskFile file : List.of(files[first], files[second])) {
      file.write(0, encode(nextSequence, next));
      file.sync();
    }
    sequence = nextSequence;
    record = next;
  }

  private void stage(Disk disk, String path) throws IOException {
    String staging = path + STAGING_SUFFIX;
    disk.delete(staging);
    try (DiskFile file = disk.open(staging, Disk.OpenMode.CREATE_NEW)) {
      file.write(0, encode(sequence, record));
      file.sync();
    }
    disk.rename(staging, path);
  }

  private ByteBuffer encode(long sequenceOf, ReplicaRecord what) {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(0, MAGIC);
    bytes.putInt(8, VERSION);
    bytes.putInt(12, owner.node());
    bytes.putLong(16, owner.incarnation());
    bytes.putInt(24, group);
    bytes.putInt(28, what.rejoining() ? REJOINING : 0);
    bytes.putLong(32, sequenceOf);
    bytes.putLong(40, what.incarnation());
    bytes.putLong(48, what.hardState().term());
    bytes.putInt(56, what.hardState().vote());
    bytes.putInt(4, checksum(bytes));
    return bytes;
  }

  private static ByteBuffer read(Disk disk, String path) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (DiskFile file = disk.open(path, Disk.OpenMode.READ)) {
      file.read(0, bytes);
    }
    return bytes.flip();
  }

  /** Why these bytes are not this replica's record; empty when they are. */
  private static String objection(ByteBuffer bytes, LogIdentity owner, int group) {
    if (bytes.remaining() < BYTES) {
      return "is cut short";
    }
    if (bytes.getInt(0) != MAGIC || bytes.getInt(4) != checksum(bytes)) {
      return "fails its checksum";
    }
    if (bytes.getInt(8) != VERSION) {
      return "has version " + bytes.getInt(8) + ", this is " + VERSION;
    }
    if (bytes.getInt(12) != owner.node()
        || bytes.getLong(16) != owner.incarnation()
        || bytes.getInt(24) != group) {
      return "belongs to group "
          + bytes.getInt(24)
          + " of node "
          + bytes.getInt(12)
          + " in another folder";
    }
    return bytes.getLong(40) == 0 ? "names no incarnation" : "";
  }

  private static Copy decode(ByteBuffer bytes) {
    return new Copy(
        new ReplicaRecord(
            bytes.getLong(40),
            (bytes.getInt(28) & REJOINING) != 0,
            new HardState(bytes.getLong(48), bytes.getInt(56))),
        bytes.getLong(32));
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.array(), 8, CHECKED_BYTES - 8);
    return (int) crc.getValue();
  }

  @Override
  public void close() throws IOException {
    for (DiskFile file : files) {
      file.close();
    }
  }

  private static void closeAfter(@Nullable DiskFile[] files, Exception cause) {
    for (DiskFile file : files) {
      if (file != null) {
        try {
          file.close();
        } catch (IOException e) {
          cause.addSuppressed(e);
        }
      }
    }
  }
}
