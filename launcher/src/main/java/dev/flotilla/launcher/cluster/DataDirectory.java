package dev.flotilla.launcher.cluster;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.launcher.config.ClusterConfig.Group;
import dev.flotilla.launcher.config.ClusterConfigReader;
import dev.flotilla.launcher.config.ClusterConfigWriter;
import dev.flotilla.launcher.config.LocalLayout;
import dev.flotilla.launcher.config.Overrides;
import dev.flotilla.raft.env.FileTree;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The folder of {@code flotilla up}: one folder per node, {@code logs}, the cluster file {@value
 * #CONFIG_NAME} and, while the cluster runs, {@code cluster.json}.
 */
public final class DataDirectory {
  public static final String CONFIG_NAME = "flotilla.yaml";

  private final Path path;

  public DataDirectory(Path path) {
    this.path = path.toAbsolutePath().normalize();
  }

  public Path path() {
    return path;
  }

  public Path configFile() {
    return path.resolve(CONFIG_NAME);
  }

  /**
   * The configuration to run with: the stored one, moved to the wanted ports, or a new one for a
   * new directory. Call under the lock.
   *
   * @throws Failure when the data belongs to a cluster of another shape
   */
  public ClusterConfig prepare(LocalLayout layout, Overrides overrides)
      throws IOException, InterruptedException {
    try (ConfigFileLock lock = ConfigFileLock.acquire(path)) {
      Optional<ClusterConfig> stored = stored();
      ClusterConfig wanted;
      if (stored.isPresent()) {
        ClusterConfig before = stored.get();
        wanted = layout.config(before.clusterId(), path, before.tuning(), before);
        requireSameShape(before, wanted);
      } else {
        requireEmpty();
        wanted = layout.config(newClusterId(), path, ClusterConfig.Tuning.DEFAULT);
      }
      return write(wanted, overrides);
    }
  }

  /**
   * Notes that every group has begun: from now on, a node without data has lost it, and must not
   * begin its groups anew.
   */
  public void begun() throws IOException, InterruptedException {
    try (ConfigFileLock lock = ConfigFileLock.acquire(path)) {
      Optional<ClusterConfig> stored = stored().filter(ClusterConfig::bootstrap);
      if (stored.isPresent()) {
        writeConfig(ClusterConfigWriter.write(stored.get().withBootstrap(false)));
      }
    }
  }

  /**
   * The stored configuration, without overrides: those are for one run and must not end up in the
   * file. Empty when there is none yet.
   */
  public Optional<ClusterConfig> stored() {
    return Files.exists(configFile())
        ? Optional.of(ClusterConfigReader.read(configFile(), Overrides.none()))
        : Optional.empty();
  }

  /** Replaces the file; returns it as this run sees it. Call under the file's lock. */
  ClusterConfig write(ClusterConfig config, Overrides overrides) throws IOException {
    String text = ClusterConfigWriter.write(config);
    ClusterConfig effective = ClusterConfigReader.parse(CONFIG_NAME, text, path, overrides);
    writeConfig(text);
    return effective;
  }

  private void requireSameShape(ClusterConfig stored, ClusterConfig wanted) {
    String was = shape(stored);
    String would = shape(wanted);
    if (!was.equals(would)) {
      throw new Failure(
          ExitCode.BAD_CONFIGURATION,
          path
              + " holds cluster "
              + stored.clusterId()
              + " with "
              + was
              + ", but the flags ask for "
              + would
              + ".",
          "Start it as it was (--groups "
              + stored.groups().size()
              + " --nodes-per-group "
              + stored.groups().getFirst().nodes().size()
              + nodesFlag(stored)
              + "), choose another --data-dir, or delete the data with --fresh.");
    }
  }

  /** Empty when every group has nodes of its own, which needs no flag. */
  private static String nodesFlag(ClusterConfig stored) {
    long places = stored.groups().stream().mapToLong(group -> group.nodes().size()).sum();
    long nodes =
        stored.groups().stream().flatMap(group -> group.nodes().stream()).distinct().count();
    return nodes == places ? "" : " --nodes " + nodes;
  }

  private static String shape(ClusterConfig config) {
    return config.groups().stream()
        .map(group -> group.name() + " = " + members(config, group))
        .collect(Collectors.joining(", "));
  }

  private static String members(ClusterConfig config, Group group) {
    return group.nodes().stream()
        .map(id -> config.node(id).name())
        .collect(Collectors.joining(" "));
  }

  /** Someone's other files are not a place for a database. */
  private void requireEmpty() throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        if (!List.of(DataDirectoryLock.NAME, ConfigFileLock.NAME, "logs").contains(name)) {
          throw new Failure(
              ExitCode.BAD_CONFIGURATION,
              path + " is not empty (it holds " + name + ") and has no " + CONFIG_NAME + " in it.",
              "Choose another --data-dir.");
        }
      }
    }
  }

  private static String newClusterId() {
    byte[] random = new byte[4];
    new SecureRandom().nextBytes(random);
    return "flotilla-" + HexFormat.of().formatHex(random);
  }

  private void writeConfig(String text) throws IOException {
    Path next = path.resolve(CONFIG_NAME + ".next");
    try (FileChannel channel =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      java.nio.ByteBuffer bytes = java.nio.ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(
        next, configFile(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel directory = FileChannel.open(path, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  /**
   * Deletes the cluster's data: what its own file names, nothing else. Call under the lock.
   *
   * @return whether there was any
   */
  public boolean clear() throws IOException {
    Optional<ClusterConfig> found = stored();
    if (found.isEmpty()) {
      return false;
    }
    ClusterConfig stored = found.get();
    for (ClusterConfig.Node node : stored.nodes()) {
      if (node.directory().startsWith(path) && !node.directory().equals(path)) {
        FileTree.delete(node.directory());
      }
    }
    FileTree.delete(stored.logDirectory());
    for (String name : List.of(ClusterFile.NAME, CONFIG_NAME)) {
      Files.deleteIfExists(path.resolve(name));
    }
    return true;
  }
}
