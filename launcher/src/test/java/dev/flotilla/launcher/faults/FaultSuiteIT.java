package dev.flotilla.launcher.faults;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * One cluster of real processes, one fault after the other. Short by default: one group, a few
 * faults of some seconds each. The long form has three groups and every fault for a minute:
 *
 * <pre>
 * mvn -pl launcher -am verify -Dit.test=FaultSuiteIT -Dtest=none
 *   -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false
 *   -Dflotilla.faults=long</pre>
 *
 * {@code -Dflotilla.faults=all} runs every fault in the short form, {@code -Dflotilla.faults.only}
 * those whose name contains a text.
 */
class FaultSuiteIT {
  private static final String FORM = System.getProperty("flotilla.faults", "short");
  private static final String ONLY = System.getProperty("flotilla.faults.only", "");

  @TempDir private static Path directory;

  private static final FaultTable TABLE = new FaultTable();
  private static FaultedCluster cluster;

  @BeforeAll
  static void start() throws IOException {
    cluster = FaultedCluster.start(directory, FORM.equals("long") ? 3 : 1);
  }

  @AfterAll
  static void stop() throws IOException {
    if (cluster != null) {
      cluster.close();
    }
    TABLE.publish();
  }

  /** A fault, and whether the short form has it. */
  private record Row(boolean inShort, Supplier<Fault> fault) {}

  private static List<Row> rows() {
    return List.of(
        new Row(true, ProcessFaults::killLeader),
        new Row(false, ProcessFaults::killFollower),
        new Row(true, ProcessFaults.KillAll::new),
        new Row(true, ProcessFaults.Pause::new),
        new Row(true, NetworkFaults::leaderCutOff),
        new Row(false, NetworkFaults::leaderNotHeard),
        new Row(false, NetworkFaults::leaderDeaf),
        new Row(false, NetworkFaults.FollowerCut::new),
        new Row(false, NetworkFaults.PacketLoss::new),
        new Row(false, NetworkFaults.ThinLink::new),
        new Row(true, DiskFaults.FsyncFails::new),
        new Row(true, DiskFaults.FsyncHangs::new),
        new Row(false, DiskFaults.DiskFull::new),
        new Row(false, ClockJump::new));
  }

  @TestFactory
  Stream<DynamicTest> everyFaultIsSurvived() {
    return rows().stream()
        .filter(row -> row.inShort() || !FORM.equals("short"))
        .map(row -> row.fault().get())
        .filter(fault -> fault.name().contains(ONLY))
        .map(fault -> DynamicTest.dynamicTest(fault.name(), () -> trial(fault)));
  }

  private static int runs;

  private static void trial(Fault fault) {
    for (Need need : fault.needs()) {
      Optional<String> missing = need.missing(cluster);
      if (missing.isPresent()) {
        TABLE.add(FaultVerdict.skipped(fault.name(), missing.get()));
        abort(missing.get());
      }
    }
    FaultTrial.Form form = FORM.equals("long") ? FaultTrial.Form.LONG : FaultTrial.Form.SHORT;
    new FaultTrial(cluster, fault, form, TABLE, "f" + ++runs).run();
  }
}
