package dev.flotilla.launcher.faults;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.opentest4j.TestAbortedException;

/**
 * One cluster of real processes, one fault after the other. In every build the short form: one
 * group, faults of each sort, some seconds each. The long form has three groups and every fault for
 * a minute:
 *
 * <pre>
 * mvn -pl launcher -am verify -Dit.test=FaultSuiteIT -Dtest=none
 *   -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false
 *   -Dflotilla.faults=long</pre>
 *
 * {@code -Dflotilla.faults=all} runs every fault in the short form, {@code -Dflotilla.faults=off}
 * none, and {@code -Dflotilla.faults.only} those whose name a regular expression finds.
 */
@EnabledOnOs(OS.LINUX)
@DisabledIfSystemProperty(named = "flotilla.faults", matches = "off")
class FaultSuiteIT {
  private static final Form FORM =
      Form.valueOf(System.getProperty("flotilla.faults", "short").toUpperCase(Locale.ROOT));
  private static final Pattern ONLY =
      Pattern.compile(System.getProperty("flotilla.faults.only", ""));

  private enum Form {
    SHORT,
    ALL,
    LONG,
    OFF
  }

  /** Kept when a fault was not survived: the nodes' logs tell why. */
  private static final Path DIRECTORY =
      Path.of("target", "fault-suite", Long.toString(ProcessHandle.current().pid()))
          .toAbsolutePath();

  private static final FaultTable TABLE = new FaultTable();
  private static FaultedCluster cluster;
  private static int clusters;
  private static int runs;

  @BeforeAll
  static void bePatient() {
    // What is awaited happens at once on an idle machine; builds run on busy ones.
    Awaitility.setDefaultTimeout(Duration.ofSeconds(120));
  }

  @AfterAll
  static void stop() throws IOException {
    if (cluster != null) {
      cluster.close();
    }
    Awaitility.reset();
    if (TABLE.isGood()) {
      Host.run("rm", "-rf", DIRECTORY.toString());
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
        new Row(true, NetworkFaults::leaderDeaf),
        new Row(false, NetworkFaults::leaderInABlackHole),
        new Row(false, NetworkFaults.FollowerCut::new),
        new Row(true, NetworkFaults.PacketLoss::new),
        new Row(false, NetworkFaults.ThinLink::new),
        new Row(true, DiskFaults.FsyncFails::new),
        new Row(true, DiskFaults.FsyncHangs::new),
        new Row(true, DiskFaults.DiskFull::new),
        new Row(true, ClockJump::new),
        new Row(false, () -> new DamagedFile(Damage.TORN_TAIL)),
        new Row(true, () -> new DamagedFile(Damage.LOG_MIDDLE)),
        new Row(false, () -> new DamagedFile(Damage.LOG_HEADER)),
        new Row(false, () -> new DamagedFile(Damage.ONE_VOTE)),
        new Row(true, () -> new DamagedFile(Damage.BOTH_VOTES)),
        new Row(false, () -> new DamagedFile(Damage.SNAPSHOT)),
        new Row(false, () -> new DamagedFile(Damage.ENGINE)),
        new Row(false, () -> new DamagedFile(Damage.IDENTITY)),
        new Row(true, LostDisk::wiped),
        new Row(false, LostDisk::oldOneReturns),
        new Row(true, BadInput::new),
        new Row(false, FewFiles::new));
  }

  @TestFactory
  Stream<DynamicTest> everyFaultIsSurvived() {
    return rows().stream()
        .filter(row -> row.inShort() || FORM != Form.SHORT)
        .map(row -> row.fault().get())
        .filter(fault -> ONLY.matcher(fault.name()).find())
        .map(fault -> DynamicTest.dynamicTest(fault.name(), () -> trial(fault)));
  }

  private static ClusterNetwork network(int groups) {
    return Namespaces.orLoopback(groups * FaultedCluster.NODES_PER_GROUP);
  }

  private static void trial(Fault fault) throws IOException {
    if (cluster == null) {
      int groups = FORM == Form.LONG ? 3 : 1;
      cluster = FaultedCluster.start(DIRECTORY.resolve("c" + ++clusters), groups, network(groups));
    }
    for (Need need : fault.needs()) {
      Optional<String> missing = need.missing(cluster);
      if (missing.isPresent()) {
        TABLE.add(FaultVerdict.skipped(fault.name(), missing.get()));
        abort(missing.get());
      }
    }
    FaultTrial.Form form = FORM == Form.LONG ? FaultTrial.Form.LONG : FaultTrial.Form.SHORT;
    try {
      new FaultTrial(cluster, fault, form, TABLE, "f" + ++runs).run();
    } catch (TestAbortedException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      // The next fault shall not suffer from what this one left.
      cluster.close();
      cluster = null;
      throw e;
    }
  }
}
