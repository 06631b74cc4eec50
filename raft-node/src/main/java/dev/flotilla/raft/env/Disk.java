package dev.flotilla.raft.env;

import java.io.IOException;
import java.util.List;

/**
 * A node's folder. Paths are relative to it, with {@code /} between names. Nothing is durable until
 * the file (its bytes) and the folder that names it (its existence, its name) were synced (H33).
 */
public interface Disk {

  /** How {@link #open} treats a file that is, or is not, there. */
  enum OpenMode {
    /** Must be there; reading only. */
    READ,
    /** Must be there; reading and writing. */
    READ_WRITE,
    /** Must not be there; reading and writing. */
    CREATE_NEW
  }

  DiskFile open(String path, OpenMode mode) throws IOException;

  boolean exists(String path) throws IOException;

  /** Names (not paths) in a folder, ascending; empty when the folder is missing. */
  List<String> list(String directory) throws IOException;

  /** Creates a folder and its missing parents; each parent is synced. */
  void createDirectories(String directory) throws IOException;

  /**
   * Atomically gives a file or folder another name, replacing a file. Not durable before both
   * folders are synced.
   */
  void rename(String from, String to) throws IOException;

  /** Deletes a file or an empty folder; nothing happens when it is not there. */
  void delete(String path) throws IOException;

  /** Deletes a folder with everything in it; nothing happens when it is not there. */
  void deleteRecursively(String directory) throws IOException;

  /**
   * Makes creations, renames and deletions in this folder durable. {@code ""} is the node's folder
   * itself.
   */
  void syncDirectory(String directory) throws IOException;

  /** Bytes that can still be written. */
  long usableBytes() throws IOException;
}
