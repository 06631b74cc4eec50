package dev.flotilla.launcher.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Values from outside the file. Every key has a path ({@code timings.heartbeat}, {@code
 * nodes.n1.grpc.listen}); the flag {@code --set path=value} and the environment variable {@code
 * FLOTILLA_TIMINGS_HEARTBEAT} replace what the file says, the flag first.
 */
public final class Overrides {
  private static final String PREFIX = "FLOTILLA_";

  /** Variables of the start script, not keys of the file. */
  private static final Set<String> RESERVED =
      Set.of(
          "FLOTILLA_JAVA_OPTS",
          "FLOTILLA_PREPARED",
          "FLOTILLA_SUPERVISED",
          "FLOTILLA_BALANCER",
          "FLOTILLA_DATA_DIR",
          "FLOTILLA_LOG_LEVEL",
          "FLOTILLA_LOG_OUTPUT");

  private final Map<String, String> flags;
  private final Map<String, String> environment;
  private final Set<String> askedPaths = new TreeSet<>();

  private Overrides(Map<String, String> flags, Map<String, String> environment) {
    this.flags = flags;
    this.environment = environment;
  }

  public static Overrides none() {
    return new Overrides(Map.of(), Map.of());
  }

  /**
   * @param sets {@code path=value} each
   * @param environment of the process
   */
  public static Overrides of(List<String> sets, Map<String, String> environment) {
    Map<String, String> flags = new LinkedHashMap<>();
    for (String set : sets) {
      int equals = set.indexOf('=');
      if (equals <= 0) {
        throw new ConfigException(
            "--set " + set, "expected path=value, as in timings.heartbeat=50ms");
      }
      flags.put(set.substring(0, equals), set.substring(equals + 1));
    }
    Map<String, String> ours = new TreeMap<>();
    environment.forEach((name, value) -> {
      if (name.startsWith(PREFIX) && !RESERVED.contains(name)) {
        ours.put(name, value);
      }
    });
    return new Overrides(flags, ours);
  }

  /** What replaces the value at the path; remembers that the path exists. */
  Optional<ConfigTree.Scalar> at(String path) {
    askedPaths.add(path);
    String flag = flags.get(path);
    if (flag != null) {
      return Optional.of(new ConfigTree.Scalar("--set " + path, flag));
    }
    String name = variable(path);
    String value = environment.get(name);
    return value == null
        ? Optional.empty()
        : Optional.of(new ConfigTree.Scalar("environment variable " + name, value));
  }

  /** A flag that names no key is an error. */
  void rejectUnknownFlags() {
    for (String path : flags.keySet()) {
      if (!askedPaths.contains(path)) {
        throw new ConfigException(
            "--set " + path, "there is no such key" + DidYouMean.hint(path, askedPaths));
      }
    }
  }

  /**
   * Variables with our prefix that name no key. Not an error: other programs set such names too (an
   * orchestrator, for a service called flotilla).
   */
  public List<String> unusedVariables() {
    Set<String> known = new TreeSet<>();
    askedPaths.forEach(path -> known.add(variable(path)));
    return environment.keySet().stream().filter(name -> !known.contains(name)).toList();
  }

  static String variable(String path) {
    return PREFIX + path.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }
}
