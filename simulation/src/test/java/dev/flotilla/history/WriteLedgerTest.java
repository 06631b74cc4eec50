package dev.flotilla.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WriteLedgerTest {
  private final WriteLedger ledger = new WriteLedger();

  @Test
  void acknowledgedOnceOpenAtWillRefusedNever() {
    ledger.acked("a");
    ledger.open("b");
    ledger.open("c");
    ledger.refused("d");
    assertThat(ledger.judge(Map.of("a", 1, "b", 1)).clean()).isTrue();
    assertThat(ledger.elements()).containsExactly("a", "b", "c", "d");
  }

  @Test
  void everyKindOfDamageIsNamed() {
    ledger.acked("lost");
    ledger.acked("doubled");
    ledger.open("doubled too");
    ledger.refused("revived");
    WriteLedger.Findings findings =
        ledger.judge(Map.of("doubled", 2, "doubled too", 3, "revived", 1, "strange", 1));
    assertThat(findings)
        .isEqualTo(
            new WriteLedger.Findings(
                2,
                List.of("lost"),
                List.of("doubled", "doubled too"),
                List.of("revived"),
                List.of("strange")));
    assertThat(findings.clean()).isFalse();
  }

  @Test
  void anElementIsWrittenByOneOperation() {
    ledger.acked("a");
    assertThatThrownBy(() -> ledger.open("a")).hasMessageContaining("twice");
  }
}
