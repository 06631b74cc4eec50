package dev.flotilla.raft.snapshot;

import dev.flotilla.proto.raft.v1.SnapshotFile;
import dev.flotilla.proto.raft.v1.SnapshotManifest;
import dev.flotilla.raft.core.LogBase;
import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.DiskFile;
import dev.flotilla.raft.wire.MessageCodec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One group's snapshots on disk: {@code <directory>/<index>-<term>/} with files and MANIFEST, and
 * staging folders beside them. A snapshot exists when its folder has its final name; it gets it
 * after everything in it was synced (H33, H42), and loses it, for a name that is swept away at the
 * next start, before anything in it is deleted.
 *
 * <p>Thread-safe: one thread writes snapshots, others may look up and hold them.
 */
public final class SnapshotStore {
  private static final Logger log = LoggerFactory.getLogger(SnapshotStore.class);

  private static final String STAGING = "staging-";
  private static final String INCOMING = "incoming-";
  private static final String DELETED = "deleted-";
  private static final Pattern COMPLETE = Pattern.compile("(\\d{1,19})-(\\d{1,19})");

  /** A complete snapshot. {@code directory} is a path on the disk. */
  public record StoredSnapshot(SnapshotManifest manifest, LogBase base, String directory) {}

  /** Keeps a snapshot's files where they are until it is closed. Closing again does nothing. */
  public final class Hold implements AutoCloseable {
    private final String directory;
    private boolean open = true;

    private Hold(String directory) {
      this.directory = directory;
    }

    @Override
    public void close() {
      synchronized (SnapshotStore.this) {
        if (open) {
          open = false;
          holds.computeIfPresent(directory, (d, count) -> count == 1 ? null : count - 1);
        }
      }
    }
  }

  private final Disk disk;
  private final String directory;
  private final int group;

  /** Ascending by index, then term. */
  private final List<StoredSnapshot> snapshots = new ArrayList<>();

  private final Map<String, Integer> holds = new HashMap<>();
  private long stagingCount;

  /**
   * Opens the store, deleting what unfinished transfers and crashes left behind except resumable
   * ones.
   */
  public SnapshotStore(Disk disk, String directory, int group) throws IOException {
    this.disk = disk;
    this.directory = directory;
    this.group = group;
    disk.createDirectories(directory);
    for (String name : disk.list(directory)) {
      recover(name);
    }
    snapshots.sort(SnapshotStore::byIndex);
    sweepIncoming();
    disk.syncDirectory(directory);
  }

  private void recover(String name) throws IOException {
    String path = directory + "/" + name;
    if (name.startsWith(STAGING) || name.startsWith(DELETED)) {
      disk.deleteRecursively(path);
    } else if (COMPLETE.matcher(name).matches()) {
      try {
        snapshots.add(load(name));
      } catch (SnapshotDamagedException e) {
        // Left where it is for whoever wants to look; it goes when a good one is stored.
        log.warn("group {}: a stored snapshot is damaged and not used: {}", group, e.getMessage());
      }
    }
  }

  private StoredSnapshot load(String name) throws IOException {
    String path = directory + "/" + name;
    SnapshotManifest manifest = ManifestFile.read(disk, path, group);
    Matcher parts = COMPLETE.matcher(name);
    if (!parts.matches() || !name.equals(nameOf(manifest))) {
      throw new SnapshotDamagedException(path + " holds the snapshot " + nameOf(manifest));
    }
    for (SnapshotFile file : manifest.getFilesList()) {
      String filePath = path + "/" + file.getName();
      if (!disk.exists(filePath)) {
        throw new SnapshotDamagedException(filePath + " is missing");
      }
      try (DiskFile opened = disk.open(filePath, Disk.OpenMode.READ)) {
        if (opened.size() != file.getSizeBytes()) {
          throw new SnapshotDamagedException(filePath + " has the wrong size");
        }
      }
    }
    return stored(manifest);
  }

  /** At most one transfer can be resumed, and only towards something newer than what is here. */
  private void sweepIncoming() throws IOException {
    long newest = latest().map(s -> s.base().index()).orElse(0L);
    String keep = "";
    for (String name : disk.list(directory)) {
      if (!name.startsWith(INCOMING)) {
        continue;
      }
      String path = directory + "/" + name;
      try {
        SnapshotManifest manifest = ManifestFile.read(disk, path, group);
        if (manifest.getIndex() > newest && name.equals(INCOMING + nameOf(manifest))) {
          newest = manifest.getIndex();
          keep = name;
        }
      } catch (SnapshotDamagedException e) {
        log.info("group {}: an unfinished transfer cannot be resumed: {}", group, e.getMessage());
      }
    }
    deleteIncomingExcept(keep);
  }

  private void deleteIncomingExcept(String keep) throws IOException {
    for (String name : disk.list(directory)) {
      if (name.startsWith(INCOMING) && !name.equals(keep)) {
        disk.deleteRecursively(directory + "/" + name);
      }
    }
  }

  private static int byIndex(StoredSnapshot a, StoredSnapshot b) {
    int byIndex = Long.compare(a.base().index(), b.base().index());
    return byIndex != 0 ? byIndex : Long.compare(a.base().term(), b.base().term());
  }

  private static String nameOf(SnapshotManifest manifest) {
    return manifest.getIndex() + "-" + manifest.getTerm();
  }

  private StoredSnapshot stored(SnapshotManifest manifest) {
    LogBase base =
        new LogBase(
            manifest.getIndex(), manifest.getTerm(), MessageCodec.decode(manifest.getMembership()));
    return new StoredSnapshot(manifest, base, directory + "/" + nameOf(manifest));
  }

  int group() {
    return group;
  }

  /** A new empty folder to write a checkpoint into. */
  public String newStagingDirectory() throws IOException {
    String path;
    synchronized (this) {
      path = directory + "/" + STAGING + ++stagingCount;
    }
    disk.deleteRecursively(path);
    disk.createDirectories(path);
    return path;
  }

  /**
   * Checksums the staged files (slow: not on the loop), writes the manifest, makes it all durable
   * and gives it its name. When the snapshot of this position is stored already, that one is
   * returned and the staged one deleted.
   *
   * @throws IOException when the disk fails; the staging folder is the caller's to delete
   */
  public StoredSnapshot publish(String stagingDirectory, LogBase base, long stampMillis)
      throws IOException {
    SnapshotManifest.Builder manifest =
        SnapshotManifest.newBuilder()
            .setGroup(group)
            .setIndex(base.index())
            .setTerm(base.term())
            .setMembership(MessageCodec.encode(base.membership()))
            .setStampMillis(stampMillis)
            .setFormatVersion(ManifestFile.FORMAT_VERSION);
    for (String name : disk.list(stagingDirectory)) {
      if (!name.equals(ManifestFile.NAME)) {
        manifest.addFiles(checksum(stagingDirectory, name));
      }
    }
    SnapshotManifest complete = manifest.build();
    Optional<String> objection = ManifestFile.objection(complete, group);
    if (objection.isPresent()) {
      throw new SnapshotDamagedException(
          "cannot publish " + stagingDirectory + ": " + objection.get());
    }
    ManifestFile.write(disk, stagingDirectory, complete);
    return adopt(stagingDirectory, complete);
  }

  /** The file is synced too: a checkpoint's writer may have left that to us (H39). */
  private SnapshotFile checksum(String staging, String name) throws IOException {
    try (DiskFile file = disk.open(staging + "/" + name, Disk.OpenMode.READ)) {
      file.sync();
      ChecksumReader reader = new ChecksumReader(file);
      reader.finish();
      return SnapshotFile.newBuilder()
          .setName(name)
          .setSizeBytes(reader.size())
          .setCrc32C(reader.crc32c())
          .build();
    }
  }

  /** Gives a folder whose files and manifest are written and synced its final name. */
  StoredSnapshot adopt(String finishedDirectory, SnapshotManifest manifest) throws IOException {
    StoredSnapshot snapshot = stored(manifest);
    Optional<StoredSnapshot> present = find(snapshot.directory());
    if (present.isPresent()) {
      disk.deleteRecursively(finishedDirectory);
      return present.get();
    }
    disk.syncDirectory(finishedDirectory);
    // Only something damaged can be in the way.
    retire(snapshot.directory());
    disk.rename(finishedDirectory, snapshot.directory());
    disk.syncDirectory(directory);
    synchronized (this) {
      snapshots.add(snapshot);
      snapshots.sort(SnapshotStore::byIndex);
    }
    log.info(
        "group {}: snapshot at index {} of term {} stored, {} bytes in {} files",
        group,
        manifest.getIndex(),
        manifest.getTerm(),
        ManifestFile.totalBytes(manifest),
        manifest.getFilesCount());
    return snapshot;
  }

  private synchronized Optional<StoredSnapshot> find(String path) {
    return snapshots.stream().filter(s -> s.directory().equals(path)).findFirst();
  }

  /** The snapshot with the highest index (H44). */
  public synchronized Optional<StoredSnapshot> latest() {
    return snapshots.isEmpty() ? Optional.empty() : Optional.of(snapshots.getLast());
  }

  /** Keeps the snapshot from being pruned: whoever sends or installs it needs that. */
  public synchronized Hold hold(StoredSnapshot snapshot) {
    holds.merge(snapshot.directory(), 1, Integer::sum);
    return new Hold(snapshot.directory());
  }

  /**
   * Deletes all but the newest {@code keep} snapshots, and damaged ones; never the newest, never
   * one that is held.
   */
  public void prune(int keep) throws IOException {
    List<StoredSnapshot> candidates;
    synchronized (this) {
      int most = snapshots.size() - Math.max(1, keep);
      candidates = List.copyOf(snapshots.subList(0, Math.max(0, most)));
    }
    retireUnheld(candidates);
    if (latest().isPresent()) {
      pruneDamaged();
    }
  }

  /**
   * Deletes the snapshots before {@code index}, which a restart cannot ask for any more; never the
   * newest, never one that is held.
   */
  public void pruneBefore(long index) throws IOException {
    List<StoredSnapshot> candidates;
    synchronized (this) {
      candidates =
          snapshots.stream()
              .limit(Math.max(0, snapshots.size() - 1))
              .filter(snapshot -> snapshot.base().index() < index)
              .toList();
    }
    retireUnheld(candidates);
  }

  private void retireUnheld(List<StoredSnapshot> candidates) throws IOException {
    List<StoredSnapshot> gone = new ArrayList<>();
    synchronized (this) {
      for (StoredSnapshot snapshot : candidates) {
        if (!holds.containsKey(snapshot.directory()) && snapshots.remove(snapshot)) {
          gone.add(snapshot);
        }
      }
    }
    for (StoredSnapshot snapshot : gone) {
      retire(snapshot.directory());
    }
  }

  private void pruneDamaged() throws IOException {
    for (String name : disk.list(directory)) {
      String path = directory + "/" + name;
      if (COMPLETE.matcher(name).matches() && find(path).isEmpty()) {
        retire(path);
      }
    }
  }

  /** Forgets a snapshot that turned out to be damaged, so that a new one is made in its place. */
  public void discard(StoredSnapshot snapshot) throws IOException {
    synchronized (this) {
      snapshots.remove(snapshot);
    }
    log.warn("group {}: damaged snapshot {} deleted", group, snapshot.directory());
    retire(snapshot.directory());
  }

  /** A crash in the middle of deleting must not leave half a snapshot under a snapshot's name. */
  private void retire(String path) throws IOException {
    if (!disk.exists(path)) {
      return;
    }
    String doomed = directory + "/" + DELETED + path.substring(path.lastIndexOf('/') + 1);
    disk.deleteRecursively(doomed);
    disk.rename(path, doomed);
    disk.syncDirectory(directory);
    disk.deleteRecursively(doomed);
  }

  /** Checks every file's size and checksum against the manifest. */
  public boolean verify(StoredSnapshot snapshot) throws IOException {
    try (SnapshotCheck check = new SnapshotCheck(disk, snapshot)) {
      SnapshotCheck.Verdict verdict = SnapshotCheck.Verdict.UNFINISHED;
      while (verdict == SnapshotCheck.Verdict.UNFINISHED) {
        verdict = check.advance(Long.MAX_VALUE);
      }
      return verdict == SnapshotCheck.Verdict.INTACT;
    }
  }

  /**
   * The folder a snapshot is received into: with what an earlier transfer of the very same snapshot
   * left, or new. Other unfinished transfers of the group are deleted.
   */
  IncomingSnapshot openIncoming(SnapshotManifest manifest) throws IOException {
    String name = INCOMING + nameOf(manifest);
    String path = directory + "/" + name;
    deleteIncomingExcept(name);
    if (!holdsManifest(path, manifest)) {
      disk.deleteRecursively(path);
      disk.createDirectories(path);
      ManifestFile.write(disk, path, manifest);
      disk.syncDirectory(path);
    }
    return new IncomingSnapshot(disk, path, manifest);
  }

  private boolean holdsManifest(String path, SnapshotManifest manifest) throws IOException {
    if (!disk.exists(path)) {
      return false;
    }
    try {
      return ManifestFile.read(disk, path, group).equals(manifest);
    } catch (SnapshotDamagedException e) {
      return false;
    }
  }
}
