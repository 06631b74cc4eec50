package dev.flotilla.kv.engine;

import dev.flotilla.raft.env.FileTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One engine's folder: generations {@code db-1, db-2, …} and the file ACTIVE that names the one in
 * use. A new generation is made complete and durable beside the old one; renaming a new ACTIVE over
 * the old is the one step that switches (H33, H42), so a crash at any point leaves exactly one
 * valid answer to "which".
 */
final class EngineFolders {
  private static final String ACTIVE = "ACTIVE";
  private static final String NEXT_ACTIVE = "ACTIVE.next";
  private static final String GENERATION = "db-";

  private final Path home;

  EngineFolders(Path home) throws IOException {
    this.home = home;
    createDirectoriesDurably(home);
  }

  /** The generation in use, or null when none ever was. */
  @Nullable Path active() throws IOException {
    String name;
    try {
      name = Files.readString(home.resolve(ACTIVE)).strip();
    } catch (NoSuchFileException e) {
      return null;
    }
    if (number(name) == 0 || !Files.isDirectory(home.resolve(name))) {
      throw EngineException.damaged(home.resolve(ACTIVE) + " names no generation: '" + name + "'");
    }
    return home.resolve(name);
  }

  /** A path that does not exist yet, for the generation after all that are there. */
  Path next() throws IOException {
    long highest = 0;
    for (Path path : list(home)) {
      highest = Math.max(highest, number(path.getFileName().toString()));
    }
    return home.resolve(GENERATION + (highest + 1));
  }

  /** Makes a generation, whose content must be durable already, the one in use. */
  void activate(Path generation) throws IOException {
    fsyncDirectory(home);
    Path next = home.resolve(NEXT_ACTIVE);
    try (FileChannel channel =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer name =
          ByteBuffer.wrap((generation.getFileName() + "\n").getBytes(StandardCharsets.UTF_8));
      while (name.hasRemaining()) {
        channel.write(name);
      }
      channel.force(true);
    }
    Files.move(next, home.resolve(ACTIVE), StandardCopyOption.ATOMIC_MOVE);
    fsyncDirectory(home);
  }

  /**
   * Deletes every generation but one, and other leftovers of a crash.
   *
   * @param keep null when no generation was ever activated
   */
  void clean(@Nullable Path keep) throws IOException {
    for (Path path : list(home)) {
      String name = path.getFileName().toString();
      if (keep == null && number(name) > 1) {
        // The first activation is of db-1, so ACTIVE was here and is lost: damage, not a first
        // start.
        throw EngineException.damaged(home + " holds " + name + " but no " + ACTIVE);
      }
      if (!path.equals(keep) && !name.equals(ACTIVE)) {
        FileTree.delete(path);
      }
    }
  }

  /** A path for scratch files on the same file system; nothing is there. */
  Path scratch() throws IOException {
    Path scratch = home.resolve("scratch");
    FileTree.delete(scratch);
    return scratch;
  }

  static List<Path> list(Path directory) throws IOException {
    try (var paths = Files.list(directory)) {
      return new ArrayList<>(paths.sorted().toList());
    }
  }

  static void fsync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  static void fsyncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** The number of a generation's name, 0 when it is not one. */
  private static long number(String name) {
    if (!name.matches(GENERATION + "[1-9][0-9]{0,17}")) {
      return 0;
    }
    return Long.parseLong(name.substring(GENERATION.length()));
  }

  private static void createDirectoriesDurably(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = directory.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IOException("no folder can be made at " + directory);
    }
    createDirectoriesDurably(parent);
    Files.createDirectory(directory);
    fsyncDirectory(parent);
  }
}
