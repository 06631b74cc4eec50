package dev.flotilla.launcher.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.launcher.cluster.NodeView;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * H34, H35, H50: three node processes of the built distribution, and a bit flipped in each kind of
 * file of one of them between two lives. Afterwards that node is made the leader and everything is
 * read through it: a state hash is kept up to date with each command, so equal hashes alone would
 * not tell of a table that nobody has read.
 */
@EnabledOnOs(OS.LINUX)
class DamageIT {
  private static final int STORAGE_EXIT = 70;
  private static final Duration PATIENCE = Duration.ofSeconds(180);
  private static final int SNAPSHOT_WORTH = 3;
  private static final int ATTEMPTS = 20;

  private static final Path DIRECTORY =
      Path.of("target", "damage", Long.toString(ProcessHandle.current().pid())).toAbsolutePath();
  private static final DamageTable TABLE = new DamageTable();

  private static FaultedCluster cluster;
  private static KnownValues values;
  private static int clusters;
  private static int victim;

  @BeforeAll
  static void bePatient() {
    Awaitility.setDefaultTimeout(PATIENCE);
  }

  /** Three nodes, one of which has received a snapshot, and a state that has tables. */
  private static void startThreeNodes() throws IOException {
    cluster =
        FaultedCluster.start(DIRECTORY.resolve("c" + ++clusters), 1, new Loopback("not needed"));
    values = new KnownValues(cluster.balancerAddress());
    victim = cluster.followers().getFirst();
    receiveSnapshot();
    values.write(200);
  }

  /** Keeps the node away until the others have dropped what it needs, and lets it catch up. */
  private static void receiveSnapshot() {
    cluster.node(victim).kill();
    long compactions = compactions();
    while (compactions() < compactions + SNAPSHOT_WORTH) {
      values.write(50);
    }
    cluster.node(victim).start();
    cluster.awaitHealthy();
  }

  private static long compactions() {
    return cluster.replica(cluster.awaitLeader()).map(NodeView.Replica::compactions).orElse(0L);
  }

  private static void closeCluster() {
    if (cluster != null) {
      cluster.close();
      values.close();
      cluster = null;
    }
  }

  @AfterAll
  static void stop() throws IOException {
    closeCluster();
    Awaitility.reset();
    if (TABLE.isGood()) {
      Host.run("rm", "-rf", DIRECTORY.toString());
    }
    TABLE.publish();
  }

  @TestFactory
  Stream<DynamicTest> aBitFlippedInAnyFileIsRepairedOrRefusedAndNothingIsLost() {
    return Arrays.stream(Damage.values())
        .map(damage -> DynamicTest.dynamicTest(damage.text(), () -> flip(damage)));
  }

  private static void flip(Damage damage) throws IOException {
    try {
      if (cluster == null) {
        startThreeNodes();
      }
      TABLE.add(trial(damage));
    } catch (RuntimeException | Error e) {
      TABLE.broken(damage.text(), e);
      // The next one shall not suffer from what this one left.
      closeCluster();
      throw e;
    }
  }

  /** Stops the node and damages it, as often as it takes until there is something to damage. */
  private static List<Path> spoil(Damage damage, Path before) throws IOException {
    ServerProcess node = cluster.node(victim);
    Path folder = cluster.folder(victim);
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      node.kill();
      Host.run("rm", "-rf", before.toString());
      Host.run("cp", "-a", folder.toString(), before.toString());
      List<Path> spoiled = damage.spoil(folder);
      if (!spoiled.isEmpty()) {
        return spoiled;
      }
      node.start();
      cluster.awaitHealthy();
      if (damage == Damage.SNAPSHOT || damage == Damage.SNAPSHOT_MANIFEST) {
        receiveSnapshot();
      } else {
        values.write(60);
      }
    }
    throw new AssertionError("n" + victim + " has no file for " + damage.text());
  }

  private static DamageTable.Line trial(Damage damage) throws IOException {
    ServerProcess node = cluster.node(victim);
    cluster.awaitHealthy();
    Path folder = cluster.folder(victim);
    Path before = folder.resolveSibling(folder.getFileName() + ".before");
    List<Path> spoiled = spoil(damage, before);
    // Something to catch up with; the other two are a majority.
    values.write(20);
    NodeLog log = new NodeLog(cluster, victim);
    List<String> did = new ArrayList<>();
    long began = System.nanoTime();
    node.start();
    boolean refused = !servesOrEnds(node);
    if (refused) {
      assertThat(damage.expected()).isNotEqualTo(Damage.Expected.SERVES);
      assertThat(node.awaitEnd(Duration.ZERO)).as("exit code").isEqualTo(STORAGE_EXIT);
      if (damage.expected() == Damage.Expected.REFUSES) {
        did.add("exit 70; started when the file was put back");
        for (Path file : spoiled) {
          Host.run("cp", "-a", before.resolve(folder.relativize(file)).toString(), file.toString());
        }
      } else {
        // It met the rot while it caught up; it knows of it now, and repairs it by itself.
        did.add("exit 70 when it read the damage, started again");
      }
      began = System.nanoTime();
      node.start();
      assertThat(servesOrEnds(node)).as("starts again").isTrue();
    } else {
      assertThat(damage.expected()).isNotEqualTo(Damage.Expected.REFUSES);
    }
    long recovery = System.nanoTime() - began;
    boolean diedOnReading = readThrough(node);
    if (diedOnReading) {
      did.add("exit 70 when it read the damage, started again");
    }
    values.write(20);
    cluster.awaitHealthy();
    String hash = cluster.awaitEqualHashes().get("g1");
    if (!refused) {
      did.addAll(log.deeds());
    }
    return new DamageTable.Line(
        damage.text(),
        spoiled.size(),
        log.said(),
        String.join("; ", did),
        Duration.ofNanos(recovery),
        hash);
  }

  /** Waits until the node is a voter that has caught up, or has ended. True when it serves. */
  private static boolean servesOrEnds(ServerProcess node) {
    Awaitility.await(node.name() + " serves or ends")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> !node.isAlive() || cluster.isHealthy());
    return node.isAlive();
  }

  /**
   * Makes the node lead, and reads every value there is. Rot that it only meets now ends it; it has
   * to be whole when it was started again.
   *
   * @return whether it ended on the way
   */
  private static boolean readThrough(ServerProcess node) throws IOException {
    boolean ended = false;
    for (int life = 1; life <= 2; life++) {
      try {
        cluster.makeLeader(victim);
        values.assertAllThere();
        if (node.isAlive() && cluster.leader().filter(id -> id == victim).isPresent()) {
          return ended;
        }
      } catch (RuntimeException | AssertionError e) {
        if (node.isAlive()) {
          throw e;
        }
      }
      if (!node.isAlive()) {
        assertThat(node.awaitEnd(Duration.ZERO)).as("exit code").isEqualTo(STORAGE_EXIT);
        ended = true;
        node.start();
        assertThat(servesOrEnds(node)).as("whole when started again").isTrue();
      }
    }
    cluster.makeLeader(victim);
    values.assertAllThere();
    return ended;
  }
}
