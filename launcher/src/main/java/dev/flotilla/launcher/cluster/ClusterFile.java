package dev.flotilla.launcher.cluster;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code cluster.json}: who runs where, for as long as the cluster runs. Written whole under
 * another name and renamed, so that a reader never sees half of it.
 *
 * @param launcherPid the process that supervises (and, in one JVM, is) the cluster
 * @param processes whether every node is a process of its own
 * @param startedMillis since 1970
 * @param configuration the cluster file in force
 * @param nodeArguments what each node was started with beside it, as in {@code --set x=y}
 */
public record ClusterFile(
    String cluster,
    String version,
    long launcherPid,
    boolean processes,
    long startedMillis,
    String configuration,
    List<NodeEntry> nodes,
    BalancerEntry balancer,
    List<String> nodeArguments) {

  public ClusterFile {
    // A file of an older version has none.
    nodeArguments = Objects.requireNonNullElse(nodeArguments, List.of());
  }

  public static final String NAME = "cluster.json";

  /**
   * @param group the names of the groups the node belongs to, commas between
   * @param pid 0 while the process is down
   * @param grpc host:port
   * @param http host:port
   */
  public record NodeEntry(
      int id, String name, String group, long pid, String grpc, String http, String directory) {}

  /**
   * @param pid 0 while the process is down
   * @param http host:port
   */
  public record BalancerEntry(long pid, String http) {}

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  public void write(Path dataDirectory) throws IOException {
    Path file = dataDirectory.resolve(NAME);
    Path next = dataDirectory.resolve(NAME + ".next");
    ByteBuffer bytes =
        ByteBuffer.wrap((JSON.writeValueAsString(this) + "\n").getBytes(StandardCharsets.UTF_8));
    try (FileChannel channel =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Empty when no cluster runs from the directory (or none that could say goodbye left a file). */
  public static Optional<ClusterFile> read(Path dataDirectory) {
    Path file = dataDirectory.resolve(NAME);
    try {
      return Optional.of(JSON.readValue(Files.readString(file), ClusterFile.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | JacksonException e) {
      throw new Failure(
          ExitCode.FAILED,
          file + " cannot be read: " + e.getMessage(),
          "It describes a running cluster and is written anew at each start; delete it if none runs.",
          e);
    }
  }

  public static void delete(Path dataDirectory) throws IOException {
    Files.deleteIfExists(dataDirectory.resolve(NAME));
  }
}
