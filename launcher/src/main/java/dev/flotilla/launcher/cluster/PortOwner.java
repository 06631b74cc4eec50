package dev.flotilla.launcher.cluster;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Finds who listens on a port, where the system has {@code /proc}: the socket's inode in {@code
 * /proc/net/tcp}, then the process that holds a descriptor of it. Other users' processes stay
 * hidden unless we are root.
 */
final class PortOwner {
  private static final String LISTEN = "0A";

  private PortOwner() {}

  /**
   * @param name the program's short name; may be empty
   */
  record Owner(long pid, String name) {
    @Override
    public String toString() {
      return name.isEmpty() ? "pid " + pid : "pid " + pid + " (" + name + ")";
    }
  }

  static Optional<Owner> of(int port) {
    return of(port, Path.of("/proc"));
  }

  static Optional<Owner> of(int port, Path proc) {
    Set<String> sockets = new HashSet<>();
    for (String table : List.of("net/tcp", "net/tcp6")) {
      sockets.addAll(listeningSockets(proc.resolve(table), port));
    }
    if (sockets.isEmpty()) {
      return Optional.empty();
    }
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path process : processes) {
        if (holdsAny(process, sockets)) {
          return Optional.of(
              new Owner(Long.parseLong(String.valueOf(process.getFileName())), name(process)));
        }
      }
    } catch (IOException e) {
      return Optional.empty(); // no /proc: the port's number has to do
    }
    return Optional.empty();
  }

  /** Names of the sockets as descriptors show them, {@code socket:[inode]}. */
  private static Set<String> listeningSockets(Path table, int port) {
    String suffix = String.format(Locale.ROOT, ":%04X", port);
    Set<String> sockets = new HashSet<>();
    List<String> lines;
    try {
      lines = Files.readAllLines(table);
    } catch (IOException e) {
      return sockets;
    }
    for (String line : lines) {
      // sl local_address rem_address st tx:rx tr:tm->when retrnsmt uid timeout inode
      String[] fields = line.strip().split("\\s+");
      if (fields.length > 9 && fields[1].endsWith(suffix) && fields[3].equals(LISTEN)) {
        sockets.add("socket:[" + fields[9] + "]");
      }
    }
    return sockets;
  }

  private static boolean holdsAny(Path process, Set<String> sockets) {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path descriptor : descriptors) {
        if (sockets.contains(target(descriptor))) {
          return true;
        }
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      return false; // another user's, or just gone
    }
    return false;
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return "";
    }
  }

  private static String name(Path process) {
    try {
      return Files.readString(process.resolve("comm")).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
