package dev.flotilla.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class RecordCacheTest {
  private static final int CAPACITY = 8 << 10;

  private final RecordCache cache = new RecordCache(CAPACITY);

  @Test
  void remembersValuesAndAbsence() {
    cache.put(bytes("a"), bytes("1"));
    cache.put(bytes("empty"), bytes(""));
    cache.put(bytes("gone"), RecordCache.ABSENT);

    assertThat(cache.get(bytes("a"))).isEqualTo(bytes("1"));
    assertThat(cache.get(bytes("empty"))).hasSize(0).isNotSameAs(RecordCache.ABSENT);
    assertThat(cache.get(bytes("gone"))).isSameAs(RecordCache.ABSENT);
    assertThat(cache.get(bytes("never seen"))).isNull();
  }

  @Test
  void theLastValueCounts() {
    for (String value : new String[] {"1", "2", "longer", "", "3"}) {
      cache.put(bytes("a"), bytes(value));
      assertThat(cache.get(bytes("a"))).isEqualTo(bytes(value));
    }
    cache.put(bytes("a"), RecordCache.ABSENT);
    assertThat(cache.get(bytes("a"))).isSameAs(RecordCache.ABSENT);
    cache.put(bytes("a"), bytes("4"));
    assertThat(cache.get(bytes("a"))).isEqualTo(bytes("4"));
  }

  @Test
  void whatIsUsedStaysAndWhatIsNotGoes() {
    cache.put(bytes("used"), bytes("1"));
    cache.put(bytes("unused"), bytes("2"));
    for (int i = 0; i < 10_000; i++) {
      cache.put(bytes("key-" + i), new byte[80]);
      if (i % 10 == 0) {
        assertThat(cache.get(bytes("used"))).as("after %d others", i).isEqualTo(bytes("1"));
      }
    }
    assertThat(cache.get(bytes("unused"))).isNull();
    assertThat(cache.get(bytes("key-9999"))).hasSize(80);
  }

  @Test
  void keepsAboutAsMuchAsItHasRoomFor() {
    for (int i = 0; i < 1_000; i++) {
      cache.put(bytes("key-" + i), new byte[100]);
    }
    int kept = 0;
    for (int i = 999; i >= 0; i--) {
      kept += cache.get(bytes("key-" + i)) == null ? 0 : 1;
    }
    int fitting = CAPACITY / (8 + 7 + 100);
    assertThat(kept).isBetween(fitting * 3 / 4, fitting);
  }

  @Test
  void aLargeValueIsNotKeptAndItsPredecessorForgotten() {
    cache.put(bytes("a"), bytes("1"));
    cache.put(bytes("a"), new byte[CAPACITY / 32]);
    assertThat(cache.get(bytes("a"))).isNull();
  }

  @Test
  void knowsNothingAfterClear() {
    cache.put(bytes("a"), bytes("1"));
    cache.clear();
    assertThat(cache.get(bytes("a"))).isNull();
  }

  @Test
  void whatIsHandedOutIsTheCallersOwn() {
    cache.put(bytes("a"), bytes("1"));
    cache.get(bytes("a"))[0] = 'x';
    assertThat(cache.get(bytes("a"))).isEqualTo(bytes("1"));
  }

  @Test
  void refusesASizeThatIsNone() {
    assertThatThrownBy(() -> new RecordCache(100))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("100");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
