package dev.flotilla.launcher.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.history.LinearizabilityChecker;
import dev.flotilla.history.Verdict;
import dev.flotilla.history.WriteLedger;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.opentest4j.TestAbortedException;

/** One fault, from a healthy cluster to a healthy cluster, and the judgement. */
final class FaultTrial {

  /**
   * How long and how much.
   *
   * @param window how long the fault is in effect
   * @param minOk a run with fewer successes proves nothing
   * @param heaps whether heaps are compared too
   */
  record Form(Duration before, Duration window, Duration after, int minOk, boolean heaps) {
    static final Form SHORT =
        new Form(Duration.ofMillis(700), Duration.ofSeconds(3), Duration.ofMillis(700), 300, false);
    static final Form LONG =
        new Form(Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(5), 2_000, true);
  }

  /**
   * What happened, for a fault's own judgement.
   *
   * @param injectedNanos when the fault was in effect
   * @param healedNanos when it was over
   */
  record Course(
      FaultedCluster cluster,
      HistoryClients clients,
      long injectedNanos,
      long healedNanos,
      HistoryClients.Totals atInjection,
      HistoryClients.Totals atHealing) {}

  private static final Duration MAX_RECOVERY = Duration.ofSeconds(10);

  /** Groups that nobody hurt notice nothing but a machine that restarts their neighbours. */
  private static final Duration MAX_OTHERS_GAP = Duration.ofSeconds(5);

  private final FaultedCluster cluster;
  private final Fault fault;
  private final Form form;
  private final FaultTable table;
  private final String run;

  /**
   * @param run makes the keys this run's own
   */
  FaultTrial(FaultedCluster cluster, Fault fault, Form form, FaultTable table, String run) {
    this.cluster = cluster;
    this.fault = fault;
    this.form = form;
    this.table = table;
    this.run = run;
  }

  /**
   * Runs and adds a line to the table.
   *
   * @throws AssertionError when the verdict is not good
   */
  void run() {
    HistoryClients clients = new HistoryClients(cluster.balancerAddress(), run, fault.valueBytes());
    try (clients) {
      table.add(judge(clients));
    } catch (TestAbortedException e) {
      table.add(FaultVerdict.skipped(fault.name(), String.valueOf(e.getMessage())));
      throw e;
    } catch (RuntimeException | Error e) {
      table.add(FaultVerdict.broken(fault.name(), clients.totals(), e));
      throw e;
    }
  }

  private FaultVerdict judge(HistoryClients clients) {
    cluster.awaitHealthy();
    fault.prepare(cluster);
    Resources before = Resources.of(cluster, form.heaps());
    clients.start();
    lasts(form.before(), clients, 50);
    AtomicReference<String> shown = new AtomicReference<>("");
    HistoryClients.Totals atInjection = clients.totals();
    long injected = System.nanoTime();
    endure(clients, shown);
    HistoryClients.Totals atHealing = clients.totals();
    long healed = System.nanoTime();
    long recovery = awaitRecovery(clients, healed);
    cluster.awaitHealthy();
    lasts(form.after(), clients, form.minOk());
    clients.stop();
    WriteLedger.Findings findings = clients.audit();
    cluster.awaitEqualHashes();
    List<String> grown = before.grownUntil(Resources.of(cluster, form.heaps()));
    Verdict verdict =
        new LinearizabilityChecker(LinearizabilityChecker.Budget.DEFAULT).check(clients.history());
    HistoryClients.Totals totals = clients.totals();
    assertThat(findings.clean()).as("ledger: %s", findings).isTrue();
    assertThat(verdict)
        .as(() -> verdict instanceof Verdict.Violation v ? v.explanation() : verdict.toString())
        .isInstanceOf(Verdict.Linearizable.class);
    assertThat(grown).as("grown").isEmpty();
    assertThat(recovery)
        .as("nanoseconds to the first success after healing")
        .isLessThan(MAX_RECOVERY.toNanos());
    long othersGap = 0;
    for (int group = 2; group <= cluster.groups() && !fault.hurtsAll(); group++) {
      long gap = clients.timeline().longestGapNanos("g" + group, injected, healed);
      assertThat(gap)
          .as("nanoseconds without a success of g" + group + ", which nobody hurt")
          .isLessThan(MAX_OTHERS_GAP.toNanos());
      othersGap = Math.max(othersGap, gap);
    }
    fault.leave(cluster);
    fault.judge(new Course(cluster, clients, injected, healed, atInjection, atHealing));
    return new FaultVerdict(
        fault.name(),
        totals.ok(),
        totals.refused(),
        totals.open(),
        TimeUnit.NANOSECONDS.toMillis(clients.timeline().longestGapNanos("g1", injected, healed)),
        TimeUnit.NANOSECONDS.toMillis(othersGap),
        TimeUnit.NANOSECONDS.toMillis(recovery),
        findings.acked(),
        findings.lost().size(),
        findings.doubled().size(),
        shown.get(),
        "ok");
  }

  private void endure(HistoryClients clients, AtomicReference<String> shown) {
    try {
      fault.inject(cluster);
      lasts(form.window(), clients, 0);
      shown.set(fault.shown(cluster));
    } catch (RuntimeException | Error e) {
      try {
        fault.heal(cluster);
      } catch (RuntimeException | Error also) {
        e.addSuppressed(also);
      }
      throw e;
    }
    fault.heal(cluster);
  }

  /** Lets the clients work for so long, and longer if they have not done so much by then. */
  private static void lasts(Duration duration, HistoryClients clients, int minOk) {
    long until = System.nanoTime() + duration.toNanos();
    Awaitility.await("clients at work")
        .atMost(duration.plusSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> System.nanoTime() >= until && clients.totals().ok() >= minOk);
  }

  private long awaitRecovery(HistoryClients clients, long healedNanos) {
    return Awaitility.await("a success of every group after healing")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(10))
        .until(
            () -> clients.timeline().recoveryNanos(cluster.groups(), healedNanos),
            nanos -> nanos >= 0);
  }
}
