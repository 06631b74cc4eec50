package dev.flotilla.launcher.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.flotilla.launcher.cluster.NodeView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/** A follower's file is damaged while the process is down; then it is started. */
final class DamagedFile implements Fault {
  private static final int STORAGE_EXIT = 70;
  private static final Duration PATIENCE = Duration.ofSeconds(180);

  private final Damage damage;
  private int victim;
  private List<Path> spoiled = List.of();
  private Path before = Path.of("");
  private boolean refused;
  private boolean tookPart;
  private int printedBefore;

  DamagedFile(Damage damage) {
    this.damage = damage;
  }

  @Override
  public String name() {
    return damage.text();
  }

  /** Large enough that the log is compacted while a node is down, so that there is a snapshot. */
  @Override
  public int valueBytes() {
    return damage == Damage.SNAPSHOT || damage == Damage.ENGINE ? 16 << 10 : 16;
  }

  @Override
  public void inject(FaultedCluster cluster) {
    victim = cluster.followers().getFirst();
    ServerProcess node = cluster.node(victim);
    if (damage == Damage.SNAPSHOT || damage == Damage.ENGINE) {
      receiveSnapshot(cluster, node);
    }
    node.kill();
    Path folder = cluster.folder(victim);
    before = folder.resolveSibling(folder.getFileName() + ".before");
    Host.run("rm", "-rf", before.toString());
    Host.run("cp", "-a", folder.toString(), before.toString());
    try {
      spoiled = damage.spoil(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    printedBefore = node.printed().length();
    node.start();
    assumeTrue(!spoiled.isEmpty(), "n" + victim + " has no such file");
    Awaitility.await("n" + victim + " serves or refuses")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> !node.isAlive() || takesPart(cluster));
    refused = !node.isAlive();
    tookPart = !refused;
  }

  private boolean takesPart(FaultedCluster cluster) {
    return cluster.replica(victim).filter(replica -> replica.leader() != null).isPresent();
  }

  /** Keeps the node away until the others have dropped what it needs, and lets it catch up. */
  private void receiveSnapshot(FaultedCluster cluster, ServerProcess node) {
    node.kill();
    long compactions = compactions(cluster);
    Awaitility.await("three compactions")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> compactions(cluster) >= compactions + 3);
    node.start();
    cluster.awaitHealthy();
  }

  private static long compactions(FaultedCluster cluster) {
    return cluster.replica(cluster.awaitLeader()).map(NodeView.Replica::compactions).orElse(0L);
  }

  @Override
  public String shown(FaultedCluster cluster) {
    ServerProcess node = cluster.node(victim);
    refused |= !node.isAlive();
    if (refused) {
      assertThat(node.awaitEnd(Duration.ZERO)).as("exit code").isEqualTo(STORAGE_EXIT);
    }
    switch (damage.expected()) {
      case SERVES -> assertThat(refused).as(said(node)).isFalse();
      case REFUSES -> assertThat(refused).as("n" + victim + " refuses").isTrue();
      case SERVES_OR_REFUSES -> {}
    }
    return spoiled.size()
        + " files of n"
        + victim
        + ": "
        + (refused ? "exit 70, " + said(node) : "takes part");
  }

  /** What a node that refused told its operator. */
  private String said(ServerProcess node) {
    String printed = node.printed();
    return printed
        .substring(Math.min(printedBefore, printed.length()))
        .lines()
        .filter(line -> line.contains("error") || line.contains("does not start"))
        .findFirst()
        .orElse("says nothing");
  }

  @Override
  public void heal(FaultedCluster cluster) {
    if (victim == 0) {
      return;
    }
    ServerProcess node = cluster.node(victim);
    if (node.isAlive()
        && !spoiled.isEmpty()
        && spoiled.stream().allMatch(DamagedFile::neverChanges)) {
      // Rot that nobody has read yet would surface under a later fault.
      node.kill();
    }
    if (!node.isAlive()) {
      undo(cluster.folder(victim));
      node.start();
    }
  }

  private static boolean neverChanges(Path file) {
    return file.toString().endsWith(".sst");
  }

  /**
   * A node that took part has written on: of its files only those that never change may be put
   * back. An older state of the others would be a disk that forgot what it promised.
   */
  private void undo(Path folder) {
    for (Path file : spoiled) {
      if ((!tookPart || neverChanges(file)) && Files.exists(file)) {
        Host.run("cp", "-a", before.resolve(folder.relativize(file)).toString(), file.toString());
      }
    }
  }
}
