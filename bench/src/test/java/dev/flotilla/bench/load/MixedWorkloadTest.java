package dev.flotilla.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flotilla.bench.distribution.Distribution;
import dev.flotilla.bench.door.Operation;
import dev.flotilla.bench.door.OperationKind;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MixedWorkloadTest {

  private static final int KEYS = 1_000;

  private final KeySpace keys = new KeySpace("k-", KEYS);
  private final Records records = new Records(KEYS);

  private Workload workload(Mix mix) {
    return Workloads.mixed(mix, mix.distribution(), keys, records, 16, 1).create(0, 1);
  }

  /** Carries an operation out, with what follows it, and returns the last. */
  private static Operation finish(Workload workload, Operation first) {
    Operation last = first;
    for (Operation more = workload.succeeded(0, last, 5);
        more != null;
        more = workload.succeeded(0, last, 6)) {
      last = more;
    }
    return last;
  }

  @ParameterizedTest
  @CsvSource({
    "A, 0.50, 0.50, 0, 0",
    "B, 0.95, 0.05, 0, 0",
    "C, 1, 0, 0, 0",
    "D, 0.95, 0.05, 0, 0",
    "E, 0, 0.05, 0, 0.95",
    "F, 0.50, 0, 0.50, 0",
    "SET, 0, 1, 0, 0",
    "GET, 1, 0, 0, 0"
  })
  void operationsComeInTheSharesThatYcsbNames(
      Mix mix, double reads, double writes, double modifies, double scans) {
    Workload workload = workload(mix);
    Map<OperationKind, Integer> counts = new EnumMap<>(OperationKind.class);
    int total = 20_000;
    for (int i = 0; i < total; i++) {
      counts.merge(OperationKind.of(finish(workload, workload.next(0))), 1, Integer::sum);
    }
    double[] expected = {reads, writes, modifies, scans};
    for (OperationKind kind : OperationKind.values()) {
      assertThat(counts.getOrDefault(kind, 0) / (double) total)
          .isCloseTo(expected[kind.ordinal()], within(0.02));
    }
  }

  @Test
  void insertedKeysAreNewAndReadOnceTheyAreThere() {
    Workload workload = workload(Mix.D);
    Set<String> there = new HashSet<>();
    for (int i = 0; i < KEYS; i++) {
      there.add(new String(keys.key(i), US_ASCII));
    }
    int readOfInserted = 0;
    for (int i = 0; i < 20_000; i++) {
      Operation next = workload.next(0);
      String key = new String(next.key(), US_ASCII);
      if (next instanceof Operation.Set) {
        assertThat(there.add(key)).as("%s is new", key).isTrue();
      } else {
        assertThat(there).contains(key);
        readOfInserted += Integer.parseInt(key.substring(2)) >= KEYS ? 1 : 0;
      }
      workload.succeeded(0, next, 1);
    }
    assertThat(there.size()).isBetween(1_800, 2_200);
    assertThat(readOfInserted).isGreaterThan(5_000);
  }

  @Test
  void aFailedInsertIsTriedAgainBeforeAnythingAfterItIsRead() {
    Workload workload = workload(Mix.D);
    Operation insert = workload.next(0);
    while (!(insert instanceof Operation.Set)) {
      workload.succeeded(0, insert, 1);
      insert = workload.next(0);
    }
    workload.failed(0, insert);
    assertThat(records.readable()).isEqualTo(KEYS);
    Operation again = workload.next(0);
    while (!(again instanceof Operation.Set)) {
      workload.succeeded(0, again, 1);
      again = workload.next(0);
    }
    assertThat(again.key()).isEqualTo(insert.key());
    workload.succeeded(0, again, 1);
    assertThat(records.readable()).isEqualTo(KEYS + 1);
  }

  @Test
  void aModificationWritesTheKeyItReadOnConditionOfTheRevisionItSaw() {
    Workload workload = workload(Mix.F);
    for (int i = 0; i < 100; i++) {
      Operation read = workload.next(3);
      Operation write = workload.succeeded(3, read, 77);
      if (write != null) {
        Operation.SetIf set = (Operation.SetIf) write;
        assertThat(set.key()).isEqualTo(read.key());
        assertThat(set.revision()).isEqualTo(77);
        assertThat(workload.succeeded(3, write, 78)).isNull();
      }
    }
  }

  @Test
  void aModificationWhoseReadFailedWritesNothing() {
    Workload workload = workload(Mix.F);
    int writes = 0;
    for (int i = 0; i < 2_000; i++) {
      workload.failed(0, workload.next(0));
      writes += workload.succeeded(0, workload.next(0), 1) == null ? 0 : 1;
    }
    // Were the failed ones remembered, three quarters of the reads would be followed by a write.
    assertThat(writes / 2_000.0).isCloseTo(0.5, within(0.05));
  }

  @Test
  void scansGoOnWhereOthersEnded() {
    Workload workload = workload(Mix.E);
    Set<String> begun = new HashSet<>();
    int ends = 0;
    for (int i = 0; i < 2_000; i++) {
      Operation next = workload.next(0);
      if (next instanceof Operation.Scan scan) {
        assertThat(scan.limit()).isBetween(1, MixedWorkload.MAX_SCAN_KEYS);
        assertThat(new String(scan.key(), US_ASCII)).isEqualTo("k-");
        begun.add(scan.cursor());
        scan.onEnd().accept(i % 7 == 0 ? null : "c" + ends++);
      }
      workload.succeeded(0, next, 1);
    }
    assertThat(begun).contains("").hasSizeGreaterThan(500);
  }

  @Test
  void theSameSeedGivesTheSameOperations() {
    Operation.Set one = firstSet(9);
    Operation.Set same = firstSet(9);
    Operation.Set other = firstSet(10);
    assertThat(one.key()).isEqualTo(same.key());
    assertThat(one.value()).isEqualTo(same.value()).isNotEqualTo(other.value());
  }

  private Operation.Set firstSet(long seed) {
    return (Operation.Set)
        Workloads.mixed(Mix.SET, Distribution.ZIPFIAN, keys, records, 32, seed)
            .create(0, 1)
            .next(0);
  }
}
