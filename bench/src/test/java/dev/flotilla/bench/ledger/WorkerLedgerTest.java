package dev.flotilla.bench.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WorkerLedgerTest {

  private final WorkerLedger ledger = new WorkerLedger();

  @Test
  void consecutiveRevisionsAreOneEffectEach() {
    for (int i = 5; i < 5_000; i++) {
      ledger.acked(i);
    }
    assertThat(ledger.extraEffects()).isZero();
    assertThat(ledger.revisionsGoneBack()).isZero();
    assertThat(ledger.revision(1)).isEqualTo(5);
    assertThat(ledger.last()).isEqualTo(4_995);
  }

  @Test
  void aJumpIsASecondEffect() {
    ledger.acked(1);
    ledger.acked(3);
    ledger.acked(6);
    assertThat(ledger.extraEffects()).isEqualTo(3);
  }

  @Test
  void anOpenWriteMayHaveHadItsOneEffectOrNot() {
    ledger.acked(1);
    ledger.leftOpen();
    ledger.acked(3);
    ledger.leftOpen();
    ledger.acked(4);
    assertThat(ledger.extraEffects()).isZero();
    ledger.leftOpen();
    ledger.acked(7);
    assertThat(ledger.extraEffects()).isEqualTo(1);
  }

  @Test
  void aRevisionThatIsGivenTwiceMeansAnEffectWasUndone() {
    ledger.acked(4);
    ledger.acked(5);
    ledger.acked(5);
    assertThat(ledger.revisionsGoneBack()).isEqualTo(1);
  }
}
