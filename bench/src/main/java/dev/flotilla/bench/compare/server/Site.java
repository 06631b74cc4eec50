package dev.flotilla.bench.compare.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where things are on this machine, and what every JVM is started with.
 *
 * @param root of Flotilla's sources
 * @param javaHome of the JDK that runs every JVM
 * @param serverHeap of each server's JVM, as in {@code -Xmx}
 * @param clientHeap of the client's JVM
 * @param basePort around which the ports lie: rivals and Flotilla's HTTP from 100 above it on, the
 *     gRPC of Flotilla's nodes 779 below
 */
public record Site(Path root, Path javaHome, String serverHeap, String clientHeap, int basePort) {

  /** What Netty, protobuf and RocksDB ask for on this Java, in one version or another. */
  private static final List<String> ACCESS =
      List.of(
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
          "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");

  // What the client needs beside the rival's own jars, by the beginnings of their names.
  private static final List<String> CLIENT_JARS =
      List.of("flotilla-bench-", "HdrHistogram-", "jackson-", "picocli-", "jspecify-");

  /**
   * A JVM of a rival's server, with Java's default collector: of the serial, the parallel and this
   * one it gave RheaKV and Ratis the most operations.
   */
  public List<String> serverJvm(String classPath) {
    List<String> words = new ArrayList<>(jvm(serverHeap, "-XX:+UseG1GC", classPath));
    words.add(1, "-XX:+UseTransparentHugePages");
    return words;
  }

  /** What Flotilla's start script sets for its nodes, every other server in Java gets too. */
  public Map<String, String> serverEnvironment() {
    return Map.of("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1");
  }

  /**
   * The JVM of every client. It shares the cores with the servers, so it collects with one thread.
   */
  public List<String> clientJvm(String classPath) {
    return jvm(clientHeap, "-XX:+UseSerialGC", classPath);
  }

  private List<String> jvm(String heap, String collector, String classPath) {
    List<String> words = new ArrayList<>();
    words.add(javaHome.resolve("bin/java").toString());
    words.addAll(List.of("-Xms" + heap, "-Xmx" + heap, collector));
    words.addAll(ACCESS);
    words.addAll(List.of("-cp", classPath));
    return words;
  }

  /** The class path of Flotilla's own jars. */
  public String flotillaClassPath() {
    return lib() + "/*";
  }

  /**
   * The class path of a rival that is built apart, with the load generator and without anything
   * else of Flotilla, whose libraries are of other versions.
   */
  public String rivalClassPath(String name) throws IOException {
    Path target = rivalTarget(name);
    List<String> entries = new ArrayList<>();
    entries.add(target.resolve("classes").toString());
    entries.add(target.resolve("lib") + "/*");
    try (Stream<Path> jars = Files.list(lib())) {
      jars.filter(jar -> CLIENT_JARS.stream().anyMatch(jar.getFileName().toString()::startsWith))
          .map(Path::toString)
          .sorted()
          .forEach(entries::add);
    }
    return String.join(":", entries);
  }

  /** The version in the name of a jar that the rival was built with; empty when it is not built. */
  public Optional<String> rivalVersion(String name, String artifact) {
    Path jars = rivalTarget(name).resolve("lib");
    try (Stream<Path> files = Files.list(jars)) {
      return files
          .map(file -> file.getFileName().toString())
          // A digit, since another artifact's name may begin with the whole of this one's.
          .filter(file -> file.matches(Pattern.quote(artifact) + "-[0-9].*\\.jar"))
          .map(file -> file.substring(artifact.length() + 1, file.length() - ".jar".length()))
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Path rivalTarget(String name) {
    return root.resolve("bench/compare").resolve(name).resolve("target");
  }

  private Path lib() {
    return root.resolve("launcher/target/flotilla/lib");
  }
}
