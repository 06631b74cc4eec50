package dev.flotilla.launcher.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;

/** The leader's wall clock jumps by an hour, and back again: nothing at all must come of it. */
final class ClockJump implements Fault {
  private static final Duration JUMP = Duration.ofHours(1);

  /** Far less than the jump, more than an election on a busy machine. */
  private static final Duration MAX_GAP = Duration.ofSeconds(20);

  private int victim;
  private long oldTerm;
  private Path offset = Path.of("");

  @Override
  public String name() {
    return "wall clock of the leader jumps";
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.FAKETIME);
  }

  @Override
  public void prepare(FaultedCluster cluster) {
    victim = cluster.followers().getFirst();
    offset = cluster.directory().resolve("clock-offset");
    write("+0");
    ServerProcess node = cluster.node(victim);
    node.end();
    node.start(
        Map.of(
            "LD_PRELOAD",
            Host.fakeTime().orElseThrow().toString(),
            "FAKETIME_TIMESTAMP_FILE",
            offset.toString(),
            "FAKETIME_CACHE_DURATION",
            "1",
            "FAKETIME_DONT_FAKE_MONOTONIC",
            "1"));
    cluster.awaitHealthy();
    cluster.makeLeader(victim);
  }

  @Override
  public void inject(FaultedCluster cluster) {
    oldTerm = cluster.term();
    write("+" + JUMP.toSeconds());
    Awaitility.await("the clock of n" + victim + " has jumped")
        .until(() -> ahead(cluster).compareTo(JUMP.dividedBy(2)) > 0);
  }

  private void write(String text) {
    try {
      Files.writeString(offset, text + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How far the node's clock is ahead of ours, by what its HTTP server says. */
  private Duration ahead(FaultedCluster cluster) throws IOException {
    try (PlainHttp http = new PlainHttp(cluster.httpAddress(victim))) {
      PlainHttp.Answer answer = http.send("GET", "/livez", Map.of(), new byte[0], 2_000);
      return Duration.between(
          Instant.now(),
          ZonedDateTime.parse(answer.header("date"), DateTimeFormatter.RFC_1123_DATE_TIME)
              .toInstant());
    }
  }

  @Override
  public String shown(FaultedCluster cluster) {
    Duration ahead;
    try {
      ahead = ahead(cluster);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(ahead).isGreaterThan(JUMP.minusMinutes(1));
    // Not that it still leads: on a busy machine leaders change without a reason of this kind.
    return "n"
        + victim
        + " was "
        + ahead.toMinutes()
        + " min ahead, term "
        + oldTerm
        + " -> "
        + cluster.term();
  }

  @Override
  public void heal(FaultedCluster cluster) {
    write("+0");
    if (!cluster.node(victim).isAlive()) {
      cluster.node(victim).start();
    }
  }

  /** The library makes a process slow; the next fault shall not have that on top. */
  @Override
  public void leave(FaultedCluster cluster) {
    cluster.node(victim).end();
    cluster.node(victim).start();
  }

  @Override
  public void judge(FaultTrial.Course course) {
    long gap =
        course
            .clients()
            .timeline()
            .longestGapNanos("g1", course.injectedNanos(), course.healedNanos());
    assertThat(Duration.ofNanos(gap)).as("longest time without a success").isLessThan(MAX_GAP);
  }
}
