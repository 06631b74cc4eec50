package dev.flotilla.raft.snapshot;

import dev.flotilla.proto.raft.v1.SnapshotManifest;

/**
 * A place in a snapshot: everything before it is there. The end is (number of files, 0). Empty
 * files need no bytes, so no position ever stands at one.
 *
 * @param file place in the manifest's list
 */
record Position(int file, long offset) implements Comparable<Position> {
  static final Position START = new Position(0, 0);

  static Position end(SnapshotManifest manifest) {
    return new Position(manifest.getFilesCount(), 0);
  }

  /** Whether it is a place in this snapshot at all. */
  boolean isWithin(SnapshotManifest manifest) {
    if (file < 0 || offset < 0 || file > manifest.getFilesCount()) {
      return false;
    }
    return file == manifest.getFilesCount()
        ? offset == 0
        : offset <= manifest.getFiles(file).getSizeBytes();
  }

  /** The same place, written as the first byte that is missing. */
  Position skipComplete(SnapshotManifest manifest) {
    int at = file;
    long within = offset;
    while (at < manifest.getFilesCount() && within >= manifest.getFiles(at).getSizeBytes()) {
      at++;
      within = 0;
    }
    return new Position(at, within);
  }

  @Override
  public int compareTo(Position other) {
    return file == other.file
        ? Long.compare(offset, other.offset)
        : Integer.compare(file, other.file);
  }
}
