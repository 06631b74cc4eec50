package dev.flotilla.raft.log;

import dev.flotilla.raft.env.Disk;
import dev.flotilla.raft.env.DiskFile;
import java.io.IOException;
import java.util.List;

/** A disk whose user forgot to sync folders. */
final class ForgetfulDisk implements Disk {
  private final Disk disk;

  ForgetfulDisk(Disk disk) {
    this.disk = disk;
  }

  @Override
  public void syncDirectory(String directory) {
    // Forgotten.
  }

  @Override
  public DiskFile open(String path, OpenMode mode) throws IOException {
    return disk.open(path, mode);
  }

  @Override
  public boolean exists(String path) throws IOException {
    return disk.exists(path);
  }

  @Override
  public List<String> list(String directory) throws IOException {
    return disk.list(directory);
  }

  @Override
  public void createDirectories(String directory) throws IOException {
    disk.createDirectories(directory);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    disk.rename(from, to);
  }

  @Override
  public void delete(String path) throws IOException {
    disk.delete(path);
  }

  @Override
  public void deleteRecursively(String directory) throws IOException {
    disk.deleteRecursively(directory);
  }

  @Override
  public long usableBytes() throws IOException {
    return disk.usableBytes();
  }
}
