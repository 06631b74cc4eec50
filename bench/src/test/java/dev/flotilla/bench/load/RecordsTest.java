package dev.flotilla.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecordsTest {

  private final Records records = new Records(100);

  @Test
  void aKeyIsReadableWhenItAndAllBeforeItAreAcknowledged() {
    assertThat(records.claim()).isEqualTo(100);
    assertThat(records.claim()).isEqualTo(101);
    assertThat(records.claim()).isEqualTo(102);
    records.acknowledge(102);
    records.acknowledge(101);
    assertThat(records.readable()).isEqualTo(100);
    records.acknowledge(100);
    assertThat(records.readable()).isEqualTo(103);
    assertThat(records.loaded()).isEqualTo(100);
  }

  @Test
  void noMoreAreUnderWayThanTheWindowHolds() {
    for (int i = 0; i < Records.WINDOW; i++) {
      assertThat(records.claim()).isEqualTo(100 + i);
    }
    assertThat(records.claim()).isEqualTo(-1);
    records.acknowledge(100);
    assertThat(records.claim()).isEqualTo(100 + Records.WINDOW);
  }

  @Test
  void theWindowIsUsedAgainAndAgain() {
    for (int i = 0; i < 3 * Records.WINDOW; i++) {
      records.acknowledge(records.claim());
    }
    assertThat(records.readable()).isEqualTo(100 + 3 * Records.WINDOW);
  }
}
