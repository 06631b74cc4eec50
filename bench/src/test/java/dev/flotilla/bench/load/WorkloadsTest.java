package dev.flotilla.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.bench.door.Operation;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WorkloadsTest {

  private final KeySpace keys = new KeySpace("bench-", 50);

  @Test
  void keysHaveFixedWidth() {
    assertThat(new String(keys.key(7), US_ASCII)).isEqualTo("bench-0000007");
  }

  @Test
  void aValueBeginsWithItsKeysNumberAndHasTheLengthAsked() {
    Workload sets = Workloads.uniformSets(keys, 20, 1).create(0, 1);
    for (int i = 0; i < 100; i++) {
      Operation.Set set = (Operation.Set) sets.next(0);
      assertThat(set.value()).hasSize(20);
      String number = new String(set.key(), US_ASCII).substring("bench-".length());
      assertThat(new String(set.value(), US_ASCII)).startsWith("0" + number);
    }
  }

  @Test
  void valuesMayBeShorterThanTheirTag() {
    for (int length : new int[] {0, 1, 8}) {
      Operation.Set set =
          (Operation.Set) Workloads.uniformSets(keys, length, 1).create(0, 1).next(0);
      assertThat(set.value()).hasSize(length);
    }
  }

  @Test
  void drawsEveryKeyAboutEquallyOften() {
    Workload gets = Workloads.uniformGets(keys, 8, 1).create(0, 1);
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < 50_000; i++) {
      counts.merge(new String(gets.next(0).key(), US_ASCII), 1, Integer::sum);
    }
    assertThat(counts).hasSize(50);
    assertThat(counts.values()).allMatch(count -> count > 800 && count < 1_200);
  }

  @Test
  void loopsDrawDifferentlyAndTheSameSeedTheSame() {
    WorkloadFactory factory = Workloads.uniformSets(keys, 32, 9);
    Operation.Set first = (Operation.Set) factory.create(0, 2).next(0);
    Operation.Set other = (Operation.Set) factory.create(1, 2).next(0);
    Operation.Set again = (Operation.Set) factory.create(0, 2).next(0);
    assertThat(first.value()).isEqualTo(again.value()).isNotEqualTo(other.value());
  }

  @Test
  void theLoadSetsEveryKeyOnceAcrossLoopsAndOffersFailedOnesAgain() {
    WorkloadFactory factory = Workloads.loadAll(keys, 16, 1);
    Set<String> seen = new HashSet<>();
    for (int loop = 0; loop < 3; loop++) {
      Workload load = factory.create(loop, 3);
      Operation first = load.next(0);
      load.failed(0, first);
      for (Operation next = load.next(0); next != null; next = load.next(0)) {
        assertThat(seen.add(new String(next.key(), US_ASCII))).isTrue();
      }
    }
    assertThat(seen).hasSize(50);
  }
}
