package dev.flotilla.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** One line on what everything ran on. */
final class Machine {

  private static final long KIB_PER_GIB = 1L << 20;

  private Machine() {}

  static String describe() throws IOException {
    return Runtime.getRuntime().availableProcessors()
        + " cores ("
        + field("/proc/cpuinfo", "model name")
        + "), "
        + Math.round(kib(field("/proc/meminfo", "MemTotal")) / (double) KIB_PER_GIB)
        + " GiB of memory, Linux "
        // What follows the first two numbers is of whoever built it.
        + System.getProperty("os.version").replaceAll("^(\\d+\\.\\d+).*", "$1");
  }

  private static long kib(String text) {
    return text.endsWith(" kB") ? Long.parseLong(text.substring(0, text.length() - 3)) : 0;
  }

  private static String field(String file, String name) throws IOException {
    List<String> lines = Files.readAllLines(Path.of(file));
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }
}
