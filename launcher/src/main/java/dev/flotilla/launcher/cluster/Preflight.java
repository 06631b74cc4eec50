package dev.flotilla.launcher.cluster;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.config.ClusterConfig;
import dev.flotilla.launcher.config.ClusterConfig.Node;
import dev.flotilla.launcher.config.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What must be true before anything starts, so that nothing has to be undone half-way. */
public final class Preflight {
  /**
   * Below this a cluster would soon stop for want of room; logs and engines need some to breathe.
   */
  static final long MIN_FREE_BYTES = 256L << 20;

  private Preflight() {}

  /**
   * @throws Failure naming every port that is taken, and by whom
   */
  public static void portsAreFree(ClusterConfig config) {
    Map<String, HostPort> wanted = new LinkedHashMap<>();
    wanted.put("balancer http", config.balancer().listen());
    for (Node node : config.nodes()) {
      wanted.put(node.name() + " grpc", node.grpc().listen());
      wanted.put(node.name() + " http", node.http().listen());
    }
    portsAreFree(
        wanted,
        "Stop that program, or choose other ports with --base-port (now "
            + config.balancer().listen().port()
            + ").");
  }

  /** The same for one node or balancer. */
  public static void portsAreFree(Map<String, HostPort> wanted, String advice) {
    List<String> conflicts = new ArrayList<>();
    wanted.forEach((use, address) -> {
      if (!canBind(address)) {
        String owner =
            PortOwner.of(address.port()).map(found -> "held by " + found).orElse("already in use");
        conflicts.add("  port " + address.port() + " (" + use + ", " + address + ") is " + owner);
      }
    });
    if (!conflicts.isEmpty()) {
      throw new Failure(
          ExitCode.FAILED,
          (conflicts.size() == 1 ? "A port is taken:\n" : conflicts.size() + " ports are taken:\n")
              + String.join("\n", conflicts),
          advice);
    }
  }

  /** Whether a server could listen there right now. */
  static boolean canBind(HostPort address) {
    try (ServerSocket socket = new ServerSocket()) {
      // As the servers themselves do: a port whose old connections linger in TIME_WAIT is free.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(address.host(), address.port()));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * @throws Failure when the directory cannot be written or the disk is nearly full
   */
  public static void diskHasRoom(Path directory) throws IOException {
    if (!Files.isWritable(directory)) {
      throw new Failure(
          ExitCode.FAILED,
          "The data directory " + directory + " cannot be written.",
          "Check its owner and permissions, or choose another --data-dir.");
    }
    long free = Files.getFileStore(directory).getUsableSpace();
    if (free < MIN_FREE_BYTES) {
      throw new Failure(
          ExitCode.FAILED,
          "The disk of "
              + directory
              + " has only "
              + (free >> 20)
              + " MiB left; a cluster needs at least "
              + (MIN_FREE_BYTES >> 20)
              + " MiB.",
          "Make room, or choose a --data-dir on another disk.");
    }
  }
}
