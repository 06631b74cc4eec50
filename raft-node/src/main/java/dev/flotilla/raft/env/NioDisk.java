package dev.flotilla.raft.env;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder of the machine's file system. Different files may be used by different threads; one file
 * by one thread at a time.
 *
 * <p>Threads that use it must never be interrupted: an interrupt closes the channel under everybody
 * who uses it, and a log cannot go on after that (H38). Threads are told to stop by message.
 */
public final class NioDisk implements Disk {
  private final Path root;

  /**
   * Uses the folder, creating it and its missing parents durably.
   *
   * @param root absolute or relative path of the node's folder
   */
  public NioDisk(Path root) throws IOException {
    this.root = root.toAbsolutePath().normalize();
    createWithParents(this.root);
  }

  /** The node's folder, absolute. */
  public Path root() {
    return root;
  }

  /**
   * Where a path of this disk lies on the machine, for libraries that open files themselves.
   *
   * @throws IllegalArgumentException when the path leads out of the folder
   */
  public Path resolve(String path) {
    if (path.isEmpty()) {
      return root;
    }
    for (String name : path.split("/", -1)) {
      if (name.isEmpty() || name.equals(".") || name.equals("..")) {
        throw new IllegalArgumentException("path '" + path + "' leads out of the disk");
      }
    }
    return root.resolve(path);
  }

  @Override
  public DiskFile open(String path, OpenMode mode) throws IOException {
    Path file = resolveBelowRoot(path);
    if (Files.isDirectory(file)) {
      throw new IOException(path + " is a folder");
    }
    FileChannel channel =
        switch (mode) {
          case READ -> FileChannel.open(file, StandardOpenOption.READ);
          case READ_WRITE ->
              FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
          case CREATE_NEW ->
              FileChannel.open(
                  file,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE,
                  StandardOpenOption.CREATE_NEW);
        };
    return new NioDiskFile(channel);
  }

  @Override
  public boolean exists(String path) {
    return Files.exists(resolve(path));
  }

  @Override
  public List<String> list(String directory) throws IOException {
    try (Stream<Path> names = Files.list(resolve(directory))) {
      return names.map(NioDisk::name).sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (NotDirectoryException e) {
      throw new IOException(directory + " is not a folder", e);
    } catch (UncheckedIOException e) {
      throw new IOException("cannot list " + directory, e.getCause());
    }
  }

  @Override
  public void createDirectories(String directory) throws IOException {
    createWithParents(resolve(directory));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Path source = resolveBelowRoot(from);
    Path target = resolveBelowRoot(to);
    if (Files.isDirectory(source) && Files.exists(target)) {
      throw new FileAlreadyExistsException(to);
    }
    Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void delete(String path) throws IOException {
    try {
      Files.deleteIfExists(resolveBelowRoot(path));
    } catch (DirectoryNotEmptyException e) {
      throw new IOException(path + " is not empty", e);
    }
  }

  @Override
  public void deleteRecursively(String directory) throws IOException {
    FileTree.delete(resolveBelowRoot(directory));
  }

  @Override
  public void syncDirectory(String directory) throws IOException {
    force(resolve(directory));
  }

  @Override
  public long usableBytes() throws IOException {
    return Files.getFileStore(root).getUsableSpace();
  }

  private Path resolveBelowRoot(String path) {
    if (path.isEmpty()) {
      throw new IllegalArgumentException("the disk's own folder cannot be used like this");
    }
    return resolve(path);
  }

  private static void createWithParents(Path directory) throws IOException {
    Deque<Path> missing = new ArrayDeque<>();
    for (Path at = directory; at != null && !Files.isDirectory(at); at = at.getParent()) {
      if (Files.exists(at)) {
        throw new FileAlreadyExistsException(at + " is a file, not a folder");
      }
      missing.push(at);
    }
    for (Path folder : new ArrayList<>(missing)) {
      try {
        Files.createDirectory(folder);
      } catch (FileAlreadyExistsException e) {
        // Another node of this process may have made the common parent in between.
        if (!Files.isDirectory(folder)) {
          throw e;
        }
      }
      Path parent = folder.getParent();
      if (parent != null) {
        force(parent);
      }
    }
  }

  /** On Linux a folder can be opened for reading and fsynced like a file. */
  private static void force(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new FileNotFoundException(directory + " is not a folder");
    }
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static String name(Path path) {
    Path name = path.getFileName();
    return name == null ? "" : name.toString();
  }
}
