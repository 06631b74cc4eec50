package dev.flotilla.bench.compare.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Processor time that processes have used so far, user and system, as {@code proc(5)} tells it. */
final class CpuClock {

  // Linux reports in hundredths of a second, whatever the kernel's own tick.
  private static final long MICROS_PER_TICK = 10_000;
  // Fields 14 and 15 of the line; the third is the first behind the name's closing bracket.
  private static final int USER = 14 - 3;
  private static final int SYSTEM = 15 - 3;

  private final Path proc;
  private final List<Long> pids;

  /**
   * @param proc the directory of the processes, {@code /proc}
   */
  CpuClock(Path proc, List<Long> pids) {
    this.proc = proc;
    this.pids = List.copyOf(pids);
  }

  /**
   * Microseconds of all the processes together.
   *
   * @throws IOException when one of them is gone: what is measured then is not what was started
   */
  long micros() throws IOException {
    long ticks = 0;
    for (long pid : pids) {
      Path file = proc.resolve(Long.toString(pid)).resolve("stat");
      ticks += ticks(Files.readString(file, StandardCharsets.ISO_8859_1));
    }
    return ticks * MICROS_PER_TICK;
  }

  private static long ticks(String line) throws IOException {
    // The name may hold spaces and brackets itself, so counting starts behind the last one.
    String[] fields = line.substring(line.lastIndexOf(')') + 1).strip().split(" ");
    if (fields.length <= SYSTEM) {
      throw new IOException("not a line of /proc/PID/stat: " + line.strip());
    }
    return Long.parseLong(fields[USER]) + Long.parseLong(fields[SYSTEM]);
  }
}
