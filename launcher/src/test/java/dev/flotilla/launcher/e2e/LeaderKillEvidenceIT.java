package dev.flotilla.launcher.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long a group is without a leader when its leader is killed. A measurement, run on demand:
 *
 * <pre>
 * mvn -pl launcher -am verify -Dit.test=LeaderKillEvidenceIT -Dfailsafe.failIfNoSpecifiedTests=false
 *   -Dsurefire.failIfNoSpecifiedTests=false -Dtest=none -Dflotilla.evidence.kills=20</pre>
 */
@EnabledIfSystemProperty(named = "flotilla.evidence.kills", matches = "\\d+")
class LeaderKillEvidenceIT {
  @TempDir private Path directory;

  @Test
  void theTimeFromALeadersDeathToTheNextSuccess() throws IOException {
    int kills = Integer.getInteger("flotilla.evidence.kills");
    List<Long> recoveriesMillis = new ArrayList<>();
    try (TestCluster cluster = TestCluster.start(directory.resolve("data"), "--processes")) {
      Ledger ledger = new Ledger(cluster.balancer());
      try (ledger) {
        ledger.start(2, "ledger-");
        for (int kill = 0; kill < kills; kill++) {
          String group = "g" + (kill % 3 + 1);
          String leader = cluster.awaitLeaderOf(group);
          recoveriesMillis.add(recovery(cluster, group, leader).toMillis());
          System.out.printf(
              Locale.ROOT,
              "kill %2d: leader %s of %s, next success after %d ms%n",
              kill + 1,
              leader,
              group,
              recoveriesMillis.getLast());
          cluster.startNode(leader);
          cluster.awaitCaughtUp();
        }
      }
      ledger.assertNothingIsLost();
      Collections.sort(recoveriesMillis);
      System.out.printf(
          Locale.ROOT,
          "%d kills of leaders: median %d ms, worst %d ms; %d acknowledged writes, none lost; %d without an answer%n",
          kills,
          recoveriesMillis.get(kills / 2),
          recoveriesMillis.getLast(),
          ledger.ackedCount(),
          ledger.openCount());
    }
    assertThat(recoveriesMillis).hasSize(kills);
  }

  /** Kills the leader while a client writes to its group; until a success in a higher term. */
  private static Duration recovery(TestCluster cluster, String group, String leader)
      throws IOException {
    AtomicLong term = new AtomicLong();
    AtomicLong killedNanos = new AtomicLong(Long.MAX_VALUE);
    AtomicLong successNanos = new AtomicLong();
    AtomicBoolean stop = new AtomicBoolean();
    try (FormClient client = new FormClient(cluster.balancer())) {
      String key = keyOf(group, client);
      Thread writer =
          Thread.ofPlatform()
              .start(() -> {
                long oldTerm = 0;
                for (long i = 0; !stop.get(); i++) {
                  try {
                    FormClient.Answer answer = client.set(key, "v" + i);
                    if (!answer.isSuccess()) {
                      continue;
                    }
                    if (killedNanos.get() == Long.MAX_VALUE) {
                      oldTerm = answer.term();
                      term.set(oldTerm);
                    } else if (answer.term() > oldTerm) {
                      successNanos.set(System.nanoTime());
                      return;
                    }
                  } catch (IOException e) {
                    // Goes on: the balancer is there, the group comes back.
                  }
                }
              });
      try {
        Awaitility.await("a write").atMost(Duration.ofSeconds(30)).until(() -> term.get() > 0);
        killedNanos.set(System.nanoTime());
        cluster.kill(leader);
        Awaitility.await("a success after the kill")
            .atMost(Duration.ofSeconds(60))
            .pollInterval(Duration.ofMillis(5))
            .until(() -> successNanos.get() != 0);
        return Duration.ofNanos(successNanos.get() - killedNanos.get());
      } finally {
        stop.set(true);
        try {
          writer.join();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  private static String keyOf(String group, FormClient client) throws IOException {
    for (int i = 0; i < 1_000; i++) {
      String key = "probe-" + i;
      if (client.get(key).group().equals(group)) {
        return key;
      }
    }
    throw new IllegalStateException("no key of " + group);
  }
}
