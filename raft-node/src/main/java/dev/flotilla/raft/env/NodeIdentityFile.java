package dev.flotilla.raft.env;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;

/**
 * The start-up marker of a node's folder (H50): a few lines of text, the last one a checksum of the
 * others. It proves that the folder belongs to this node of this cluster, and tells a folder that
 * was never used from one that lost its log.
 *
 * <p>Life of a folder: no file; a file with {@code state new} while the log is first made; {@code
 * state ready} for ever after. A folder that is ready and has no log has forgotten its votes.
 */
public final class NodeIdentityFile {
  private static final String FILE_NAME = "IDENTITY";
  private static final String STAGING_NAME = "IDENTITY.tmp";
  private static final String FIRST_LINE = "flotilla-node 2";

  /** Of folders from before replicas kept files of their own. */
  private static final String OLD_FIRST_LINE = "flotilla-node 1";

  private static final int MAX_BYTES = 4096;

  private final Disk disk;
  private final NodeIdentity identity;
  private boolean ready;
  private boolean keepsReplicas;

  private NodeIdentityFile(Disk disk, NodeIdentity identity, boolean ready, boolean keepsReplicas) {
    this.disk = disk;
    this.identity = identity;
    this.ready = ready;
    this.keepsReplicas = keepsReplicas;
  }

  /**
   * Reads the marker, or writes one with a new incarnation when the disk has none.
   *
   * @param clusterId without line breaks
   * @param random where the incarnation comes from
   * @param dataFolders folders that exist only once a node has lived here; with one of them and no
   *     marker the folder is refused
   * @throws NodeIdentityException when the folder is another node's, another cluster's, or damaged
   */
  public static NodeIdentityFile openOrCreate(
      Disk disk, String clusterId, int node, RandomGenerator random, List<String> dataFolders)
      throws IOException {
    if (clusterId.isEmpty() || !clusterId.strip().equals(clusterId) || clusterId.contains("\n")) {
      throw new IllegalArgumentException("cluster id '" + clusterId + "'");
    }
    if (disk.exists(FILE_NAME)) {
      // The name may be in memory only, when the process died between the rename and its fsync.
      disk.syncDirectory("");
      return read(disk, clusterId, node);
    }
    for (String folder : dataFolders) {
      if (disk.exists(folder)) {
        throw new NodeIdentityException(
            "the folder holds '" + folder + "' but no " + FILE_NAME + ": its owner is unknown");
      }
    }
    NodeIdentityFile created =
        new NodeIdentityFile(
            disk, new NodeIdentity(clusterId, node, random.nextLong()), false, true);
    created.write();
    return created;
  }

  public NodeIdentity identity() {
    return identity;
  }

  /** Whether the node's log was made here before: from then on a missing log is a lost log. */
  public boolean isReady() {
    return ready;
  }

  /** Whether every group of this folder's log has a replica file: one that is missing is lost. */
  public boolean keepsReplicas() {
    return keepsReplicas;
  }

  /** Says, durably, that the node's log and its replicas' files exist. */
  public void markReady() throws IOException {
    ready = true;
    keepsReplicas = true;
    write();
  }

  private void write() throws IOException {
    String text =
        FIRST_LINE
            + "\ncluster "
            + identity.clusterId()
            + "\nnode "
            + identity.node()
            + "\nincarnation "
            + Long.toUnsignedString(identity.incarnation(), 16)
            + "\nstate "
            + (ready ? "ready" : "new")
            + "\n";
    byte[] bytes = (text + "crc32c " + checksum(text) + "\n").getBytes(StandardCharsets.UTF_8);
    disk.delete(STAGING_NAME);
    try (DiskFile file = disk.open(STAGING_NAME, Disk.OpenMode.CREATE_NEW)) {
      file.write(0, ByteBuffer.wrap(bytes));
      file.sync();
    }
    disk.rename(STAGING_NAME, FILE_NAME);
    disk.syncDirectory("");
  }

  private static NodeIdentityFile read(Disk disk, String clusterId, int node) throws IOException {
    String text = readText(disk);
    int lastLine = text.lastIndexOf("crc32c ");
    if (lastLine < 0
        || !text.substring(lastLine)
            .equals("crc32c " + checksum(text.substring(0, lastLine)) + "\n")) {
      throw new NodeIdentityException(FILE_NAME + " is damaged: its checksum does not match");
    }
    List<String> lines = text.lines().toList();
    boolean old = !lines.isEmpty() && lines.getFirst().equals(OLD_FIRST_LINE);
    if (lines.size() != 6 || !(old || lines.getFirst().equals(FIRST_LINE))) {
      throw new NodeIdentityException(
          FILE_NAME + " has a format this version does not know: " + lines.getFirst());
    }
    NodeIdentity found;
    try {
      found =
          new NodeIdentity(
              value(lines.get(1), "cluster"),
              Integer.parseInt(value(lines.get(2), "node")),
              Long.parseUnsignedLong(value(lines.get(3), "incarnation"), 16));
    } catch (NumberFormatException e) {
      throw new NodeIdentityException(
          FILE_NAME + " holds no number where one belongs: " + e.getMessage());
    }
    if (!found.clusterId().equals(clusterId)) {
      throw new NodeIdentityException(
          "the folder belongs to cluster '" + found.clusterId() + "', not to '" + clusterId + "'");
    }
    if (found.node() != node) {
      throw new NodeIdentityException(
          "the folder belongs to node " + found.node() + ", not to node " + node);
    }
    return new NodeIdentityFile(disk, found, value(lines.get(4), "state").equals("ready"), !old);
  }

  private static String readText(Disk disk) throws IOException {
    try (DiskFile file = disk.open(FILE_NAME, Disk.OpenMode.READ)) {
      ByteBuffer bytes = ByteBuffer.allocate(MAX_BYTES);
      file.read(0, bytes);
      return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    }
  }

  private static String value(String line, String name) throws NodeIdentityException {
    if (!line.startsWith(name + " ")) {
      throw new NodeIdentityException(FILE_NAME + " lacks '" + name + "'");
    }
    return line.substring(name.length() + 1);
  }

  private static String checksum(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return String.format(Locale.ROOT, "%08x", crc.getValue());
  }
}
