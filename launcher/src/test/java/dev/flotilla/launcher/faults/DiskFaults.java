package dev.flotilla.launcher.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Disks that fail, crawl or are full. */
final class DiskFaults {
  private static final int STORAGE_EXIT = 70;

  private DiskFaults() {}

  /** The leader's fsync fails: nothing of that write is acknowledged, and the process ends. */
  static final class FsyncFails implements Fault {
    private int victim;
    private int exit;
    private String outcome = "";
    private @Nullable Strace strace;

    @Override
    public String name() {
      return "fsync of the leader fails (EIO)";
    }

    @Override
    public Set<Need> needs() {
      return Set.of(Need.STRACE);
    }

    @Override
    public void inject(FaultedCluster cluster) {
      long oldTerm = cluster.term();
      victim = cluster.awaitLeader();
      strace = Strace.attach(cluster.node(victim), "error=EIO", cluster.directory());
      exit = cluster.node(victim).awaitEnd(Duration.ofSeconds(60));
      outcome = cluster.awaitTakeover(victim, oldTerm, System.nanoTime()).toString();
    }

    @Override
    public String shown(FaultedCluster cluster) {
      assertThat(exit).as("exit code").isEqualTo(STORAGE_EXIT);
      assertThat(strace.injected()).as("failed calls").isPositive();
      return strace.injected()
          + " calls failed, n"
          + victim
          + " ended with "
          + exit
          + ", then "
          + outcome;
    }

    @Override
    public void heal(FaultedCluster cluster) {
      if (strace != null) {
        strace.detach();
      }
      if (!cluster.node(victim).isAlive()) {
        cluster.node(victim).start();
      }
    }
  }

  /** Every fsync of the leader hangs for longer than two election timeouts: others take over. */
  static final class FsyncHangs implements Fault {
    private static final long DELAY_MICROS = 2_500_000;

    private int victim;
    private String outcome = "";
    private @Nullable Strace strace;

    @Override
    public String name() {
      return "fsync of the leader hangs 2.5 s";
    }

    @Override
    public Set<Need> needs() {
      return Set.of(Need.STRACE);
    }

    @Override
    public void inject(FaultedCluster cluster) {
      long oldTerm = cluster.term();
      victim = cluster.awaitLeader();
      strace =
          Strace.attach(cluster.node(victim), "delay_enter=" + DELAY_MICROS, cluster.directory());
      long blow = System.nanoTime();
      outcome = cluster.awaitTakeover(victim, oldTerm, blow).toString();
    }

    @Override
    public String shown(FaultedCluster cluster) {
      long injected = strace.injected();
      assertThat(injected).as("slow calls").isPositive();
      return injected + " calls of n" + victim + " delayed, " + outcome;
    }

    @Override
    public void heal(FaultedCluster cluster) {
      if (strace != null) {
        strace.detach();
      }
    }
  }

  /** The leader's file system is full: it refuses to write, goes on reading, and recovers. */
  static final class DiskFull implements Fault {
    private static final long ROOM_MIB = 512;
    private static final int CHUNK = 1 << 20;

    private int victim;
    private @Nullable Path ballast;
    private long left;

    @Override
    public String name() {
      return "disk of the leader full";
    }

    @Override
    public Set<Need> needs() {
      return Set.of(Need.TMPFS);
    }

    @Override
    public void prepare(FaultedCluster cluster) {
      victim = cluster.followers().getFirst();
      cluster.moveToSmallDisk(victim, ROOM_MIB);
      cluster.makeLeader(victim);
    }

    @Override
    public void inject(FaultedCluster cluster) {
      Path folder = cluster.folder(victim);
      ballast = folder.resolve("ballast");
      fill();
      left = folder.toFile().getUsableSpace();
    }

    /** Leaves nothing at all. */
    private void fill() {
      byte[] chunk = new byte[CHUNK];
      try (var out = Files.newOutputStream(ballast)) {
        while (true) {
          out.write(chunk);
        }
      } catch (IOException e) {
        if (!String.valueOf(e.getMessage()).contains("No space left")) {
          throw new UncheckedIOException(e);
        }
      }
    }

    @Override
    public String shown(FaultedCluster cluster) {
      assertThat(left).as("bytes left").isLessThan(CHUNK);
      assertThat(cluster.node(victim).isAlive()).as("n" + victim + " lives").isTrue();
      return left + " bytes left to n" + victim;
    }

    @Override
    public void heal(FaultedCluster cluster) {
      try {
        if (ballast != null) {
          Files.deleteIfExists(ballast);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      if (!cluster.node(victim).isAlive()) {
        cluster.node(victim).start();
      }
    }

    @Override
    public void leave(FaultedCluster cluster) {
      cluster.moveBackFromSmallDisk(victim);
    }

    /** Clean means that those who were refused know that nothing happened. */
    @Override
    public void judge(FaultTrial.Course course) {
      int refused = course.atHealing().refused() - course.atInjection().refused();
      assertThat(refused).as("refused writes").isPositive();
      assertThat(course.clients().timeline().count(course.injectedNanos(), course.healedNanos()))
          .as("reads meanwhile")
          .isPositive();
    }
  }
}
