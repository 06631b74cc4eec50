package dev.flotilla.launcher.faults;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the processes hold at a moment. Only processes that live through a fault are compared: what
 * was started again has a different pid.
 */
final class Resources {

  /** Connections of clients and peers come and go; more than so many more is a leak. */
  private static final int MAX_MORE_FILES = 60;

  private static final long MAX_MORE_HEAP_KIB = 64 << 10;

  /** As in "Tenured total 43712K, used 12651K". */
  private static final Pattern GENERATION = Pattern.compile("total +\\d+K, used (\\d+)K");

  /**
   * @param heapKib live after a collection; 0 when not measured
   */
  private record Held(String name, int files, long heapKib) {}

  private final Map<Long, Held> byPid = new HashMap<>();

  /**
   * @param withHeap collects garbage first, which takes a moment
   */
  static Resources of(FaultedCluster cluster, boolean withHeap) {
    Resources resources = new Resources();
    List<ServerProcess> processes = new ArrayList<>(cluster.nodes());
    processes.add(cluster.balancer());
    for (ServerProcess process : processes) {
      if (process.isAlive()) {
        resources.byPid.put(
            process.pid(),
            new Held(
                process.name(), process.openFiles(), withHeap ? liveHeapKib(process.pid()) : 0));
      }
    }
    return resources;
  }

  /** What is live on a process's heap after a collection. */
  static long liveHeapKib(long pid) {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Host.attempt(jcmd, Long.toString(pid), "GC.run");
    String info = Host.attempt(jcmd, Long.toString(pid), "GC.heap_info").text();
    Matcher generation = GENERATION.matcher(info);
    long sum = 0;
    while (generation.find()) {
      sum += Long.parseLong(generation.group(1));
    }
    if (sum == 0) {
      throw new IllegalStateException("cannot tell the heap of process " + pid + ": " + info);
    }
    return sum;
  }

  /** Everything that has grown beyond its bound since; empty when nothing has. */
  List<String> grownUntil(Resources later) {
    List<String> grown = new ArrayList<>();
    byPid.forEach((pid, before) -> {
      Held after = later.byPid.get(pid);
      if (after != null && after.files() > before.files() + MAX_MORE_FILES) {
        grown.add(before.name() + " files " + before.files() + " -> " + after.files());
      }
      if (after != null && after.heapKib() > before.heapKib() + MAX_MORE_HEAP_KIB) {
        grown.add(before.name() + " heap KiB " + before.heapKib() + " -> " + after.heapKib());
      }
    });
    return grown;
  }
}
