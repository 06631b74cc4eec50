package dev.flotilla.launcher.commands;

import dev.flotilla.balancer.LocalNodes.Action;
import dev.flotilla.balancer.LocalNodes.RefusedException;
import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.chaos.LocalCluster;
import dev.flotilla.launcher.cluster.NodeView;
import dev.flotilla.launcher.terminal.Terminal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** What the tour shows, step by step. Each step says the command that would do the same. */
final class DemoTour {
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long LOOK_MILLIS = 100;
  private static final int KEYS = 300;
  private static final String KEY = "greeting";

  private final Terminal terminal;
  private final DemoCluster cluster;
  private final KvClient client;
  private int step;

  DemoTour(Terminal terminal, DemoCluster cluster) {
    this.terminal = terminal;
    this.cluster = cluster;
    this.client =
        new KvClient(ClientOptions.parse(cluster.file().balancer().http()), REQUEST_TIMEOUT);
  }

  /**
   * What the tour found.
   *
   * @param group the one whose leader was killed
   * @param nextLeader who leads it since
   * @param writeMillis all keys, one after the other
   * @param nextWriteMillis from the kill to the answer of the next write to the group
   * @param caughtUpMillis from its start until the killed node held what the others hold
   */
  record Findings(
      int keys,
      int found,
      String group,
      String killed,
      String nextLeader,
      long writeMillis,
      long nextWriteMillis,
      long caughtUpMillis,
      List<StateComparison.Verdict> verdicts) {}

  /**
   * Walks through all steps.
   *
   * @throws Failure when a key is missing, replicas differ, or something is waited for in vain
   */
  Findings walk() throws InterruptedException {
    step(
        "Nine nodes in three Raft groups, and a balancer: ten processes",
        "flotilla up --processes");
    table();

    step(
        KEYS + " keys, each on the disks of a majority before its answer",
        "flotilla set KEY VALUE");
    long beganNanos = System.nanoTime();
    for (int i = 0; i < KEYS; i++) {
      put("demo/" + i, "value " + i);
    }
    KvClient.Answer written = put(KEY, "hello");
    long writeMillis = millisSince(beganNanos);
    String group = written.group();
    terminal.line(
        "Written in "
            + writeMillis
            + " ms, one after the other. "
            + KEY
            + " lives in "
            + group
            + ".");

    String leader = leaderOf(group);
    step("The leader of " + group + " dies", "flotilla chaos kill " + leader);
    terminal.line(terminal.red(act(Action.KILL, leader)));
    beganNanos = System.nanoTime();
    put(KEY, "hello again");
    long nextWriteMillis = millisSince(beganNanos);
    String nextLeader = leaderOf(group);
    terminal.line(
        "The next write to "
            + group
            + " was answered after "
            + terminal.bold(nextWriteMillis + " ms")
            + ": a follower noticed, was elected, and holds everything.");
    table();

    step("Nothing is lost", "flotilla get " + KEY);
    terminal.line(text(client.get(KEY, "")));
    int found = 0;
    for (int i = 0; i < KEYS; i++) {
      found += text(client.get("demo/" + i, "")).equals("value " + i) ? 1 : 0;
    }
    terminal.line(found + " of " + KEYS + " other keys hold what was written.");
    if (found != KEYS) {
      throw new Failure(ExitCode.FAILED, "Keys are missing.", "Keep the data: --keep");
    }

    step("The dead node comes back and catches up", "flotilla chaos restart " + leader);
    terminal.line(act(Action.RESTART, leader));
    beganNanos = System.nanoTime();
    await(() -> hasCaughtUp(leader), leader + " to catch up");
    long caughtUpMillis = millisSince(beganNanos);
    terminal.line(leader + " holds what the others hold after " + caughtUpMillis + " ms.");

    step("All replicas hold the same", "flotilla verify");
    StateComparison comparison = new StateComparison();
    await(
        () -> {
          comparison.add(cluster.look(true).rows());
          return comparison.isComplete();
        },
        "replicas at the same index");
    for (StateComparison.Verdict verdict : comparison.verdicts()) {
      terminal.line(
          verdict.group()
              + ": "
              + String.join(" ", verdict.same())
              + " at index "
              + verdict.index()
              + ", state hash "
              + verdict.hash());
      if (!verdict.differing().isEmpty()) {
        throw new Failure(ExitCode.FAILED, "Replicas differ.", "Keep the data: --keep");
      }
    }
    table();
    step("The end", "Ctrl-C in the terminal of flotilla up");
    return new Findings(
        KEYS,
        found,
        group,
        leader,
        nextLeader,
        writeMillis,
        nextWriteMillis,
        caughtUpMillis,
        comparison.verdicts());
  }

  private void step(String what, String command) {
    terminal.line();
    terminal.line(terminal.bold(++step + ". " + what) + terminal.dim("   $ " + command));
  }

  private void table() {
    terminal.line();
    ClusterTable.status(terminal, cluster.look(false).rows(), false)
        .lines(terminal::dim)
        .forEach(terminal::line);
  }

  private KvClient.Answer put(String key, String value) {
    return client.put(key, value.getBytes(StandardCharsets.UTF_8), "", Map.of());
  }

  private static String text(KvClient.Answer answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  private String leaderOf(String group) {
    return cluster.look(false).rows().stream()
        .filter(row -> row.group().equals(group))
        .filter(row -> row.replica() != null && row.replica().leads())
        .map(ReplicaRows.Row::node)
        .findFirst()
        .orElseThrow(() -> new Failure(ExitCode.NO_QUORUM, group + " has no leader.", ""));
  }

  private boolean hasCaughtUp(String node) {
    return cluster.look(false).rows().stream()
        .filter(row -> row.node().equals(node))
        .allMatch(row -> {
          NodeView.Replica replica = row.replica();
          return replica != null && replica.leader() != null && row.lag() == 0;
        });
  }

  private String act(Action action, String node) {
    try {
      return new LocalCluster(cluster.directory()).act(action, node);
    } catch (RefusedException e) {
      throw new Failure(ExitCode.FAILED, String.valueOf(e.getMessage()) + ".", "", e);
    }
  }

  private void await(BooleanSupplier condition, String what) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline >= 0) {
        throw new Failure(ExitCode.FAILED, "Waited in vain for " + what + ".", "");
      }
      terminal.progress("waiting for " + what);
      Thread.sleep(LOOK_MILLIS);
    }
  }

  private static long millisSince(long beganNanos) {
    return (System.nanoTime() - beganNanos) / 1_000_000;
  }
}
