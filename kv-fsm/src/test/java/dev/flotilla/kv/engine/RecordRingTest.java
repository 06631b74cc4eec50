package dev.flotilla.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RecordRingTest {
  private static final int CAPACITY = 8 << 10;

  private final RecordRing ring = new RecordRing(CAPACITY);

  @Test
  void remembersValuesAndAbsence() {
    ring.put(bytes("a"), bytes("1"));
    ring.put(bytes("empty"), bytes(""));
    ring.put(bytes("gone"), RecordRing.ABSENT);
    ring.keep(bytes("read"), bytes("2"));
    ring.keep(bytes("never there"), RecordRing.ABSENT);

    assertThat(ring.get(bytes("a"))).isEqualTo(bytes("1"));
    assertThat(ring.get(bytes("empty"))).hasSize(0).isNotSameAs(RecordRing.ABSENT);
    assertThat(ring.get(bytes("gone"))).isSameAs(RecordRing.ABSENT);
    assertThat(ring.get(bytes("read"))).isEqualTo(bytes("2"));
    assertThat(ring.get(bytes("never there"))).isSameAs(RecordRing.ABSENT);
    assertThat(ring.get(bytes("never seen"))).isNull();
  }

  @Test
  void theLastValueCounts() {
    for (String value : new String[] {"1", "2", "longer", "", "3", "longer than any before"}) {
      ring.put(bytes("a"), bytes(value));
      assertThat(ring.get(bytes("a"))).isEqualTo(bytes(value));
    }
    ring.put(bytes("a"), RecordRing.ABSENT);
    assertThat(ring.get(bytes("a"))).isSameAs(RecordRing.ABSENT);
    ring.put(bytes("a"), bytes("4"));
    assertThat(ring.get(bytes("a"))).isEqualTo(bytes("4"));
    assertThat(played(ring.freeze())).containsExactly("a=4");
  }

  @Test
  void whatIsUsedStaysAndWhatIsNotGoes() {
    ring.keep(bytes("used"), bytes("1"));
    ring.keep(bytes("unused"), bytes("2"));
    for (int i = 0; i < 10_000; i++) {
      ring.keep(bytes("key-" + i), new byte[180]);
      if (i % 5 == 0) {
        assertThat(ring.get(bytes("used"))).as("after %d others", i).isEqualTo(bytes("1"));
      }
    }
    assertThat(ring.get(bytes("unused"))).isNull();
    assertThat(ring.get(bytes("key-9999"))).hasSize(180);
  }

  @Test
  void keepsAboutAsMuchAsItHasRoomFor() {
    for (int i = 0; i < 1_000; i++) {
      ring.keep(bytes("key-" + i), new byte[97]);
    }
    int kept = 0;
    for (int i = 999; i >= 0; i--) {
      kept += ring.get(bytes("key-" + i)) == null ? 0 : 1;
    }
    int fitting = CAPACITY / 128;
    assertThat(kept).isBetween(fitting * 3 / 4, fitting);
  }

  @Test
  void whatWasReadDoesNotStandInTheWayOfWhatWasWritten() {
    ring.put(bytes("a"), bytes("1"));
    int kept = 0;
    while (ring.keep(bytes("key-" + kept), new byte[97])) {
      kept++;
    }
    assertThat(kept).isBetween(10, CAPACITY / 4 / 128);

    assertThat(played(ring.freeze())).containsExactly("a=1");
    assertThat(ring.keep(bytes("another"), new byte[97])).isTrue();
    ring.release();
    assertThat(ring.get(bytes("a"))).isEqualTo(bytes("1"));
  }

  @Test
  void aFrozenSegmentHasEachKeyOnceInOrderWithItsLastValueAndKeepsIt() {
    ring.put(bytes("b"), bytes("1"));
    ring.put(bytes("a"), bytes("2"));
    ring.put(bytes("b"), bytes("longer than before, so in another place"));
    ring.put(bytes("ab"), bytes("3"));
    ring.put(bytes("a much longer key"), bytes("4"));
    ring.put(bytes(""), bytes("5"));
    ring.put(bytes("c"), RecordRing.ABSENT);
    ring.keep(bytes("only read"), bytes("6"));
    RingSegment segment = ring.freeze();

    List<String> expected =
        List.of(
            "=5",
            "a=2",
            "a much longer key=4",
            "ab=3",
            "b=longer than before, so in another place",
            "c deleted");
    assertThat(played(segment)).isEqualTo(expected);

    ring.put(bytes("a"), bytes("9"));
    ring.put(bytes("b"), RecordRing.ABSENT);
    assertThat(played(segment)).isEqualTo(expected);
    assertThat(ring.get(bytes("a"))).isEqualTo(bytes("9"));
    assertThat(ring.get(bytes("ab"))).isEqualTo(bytes("3"));

    ring.release();
    assertThat(played(ring.freeze())).containsExactly("a=9", "b deleted");
  }

  @Test
  void manyKeysThatBeginAlikeAreInOrder() {
    List<String> expected = new ArrayList<>();
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      expected.add("the same beginning %02d=%d".formatted(i, i));
      numbers.add(i);
    }
    Collections.shuffle(numbers, new Random(3));
    for (int number : numbers) {
      ring.put(bytes("the same beginning %02d".formatted(number)), bytes(Integer.toString(number)));
    }
    assertThat(played(ring.freeze())).isEqualTo(expected);
  }

  @Test
  void highBytesComeLast() {
    ring.put(new byte[] {(byte) 0x80, 0, 0, 0, 0, 1}, bytes(""));
    ring.put(new byte[] {0x7F, 0, 0, 0, 0, 1}, bytes(""));
    List<Byte> firsts = new ArrayList<>();
    ring.freeze()
        .playInto(
            new Puts() {
              @Override
              public void put(byte[] key, byte[] value) {
                firsts.add(key[0]);
              }
            });
    assertThat(firsts).containsExactly((byte) 0x7F, (byte) 0x80);
  }

  /** Against a map, round after round through the ring, with scans and segments in between. */
  @Test
  void losesNothingThatIsNotWrittenAndInventsNothing() {
    Random random = new Random(11);
    Map<String, byte @Nullable []> model = new TreeMap<>();
    Map<String, byte @Nullable []> unwritten = new TreeMap<>();
    Set<String> frozen = new HashSet<>();
    for (int step = 0; step < 60_000; step++) {
      String key = (char) ('a' + random.nextInt(4)) + "-" + random.nextInt(30);
      if (random.nextInt(3) == 0) {
        byte[] value = random.nextInt(5) == 0 ? RecordRing.ABSENT : new byte[random.nextInt(40)];
        random.nextBytes(value);
        long most = RecordRing.mostBytes(1, key.length() + value.length);
        if (!ring.hasRoomFor(most)) {
          if (ring.isFrozen()) {
            ring.release();
            unwritten.keySet().removeAll(frozen);
          }
          frozen.clear();
          Set<String> inSegment = new HashSet<>();
          played(ring.freeze()).forEach(line -> inSegment.add(line.split("[= ]", 2)[0]));
          assertThat(inSegment).isEqualTo(unwritten.keySet());
          frozen.addAll(inSegment);
        }
        ring.put(bytes(key), value);
        model.put(key, value);
        unwritten.put(key, value);
        frozen.remove(key);
      } else if (random.nextInt(200) == 0) {
        assertContainsAll(ring, key, unwritten, model);
      } else {
        byte[] known = ring.get(bytes(key));
        if (known != null || unwritten.containsKey(key)) {
          assertThat(known).as(key).isEqualTo(model.get(key));
        } else {
          ring.keep(bytes(key), model.getOrDefault(key, RecordRing.ABSENT));
          model.putIfAbsent(key, RecordRing.ABSENT);
        }
      }
    }
  }

  private static void assertContainsAll(
      RecordRing ring,
      String from,
      Map<String, byte @Nullable []> unwritten,
      Map<String, byte @Nullable []> model) {
    NavigableMap<String, byte[]> seen = new TreeMap<>();
    ring.unwrittenFrom(bytes(from))
        .forEachRemaining(entry -> {
          String key = new String(entry.getKey(), StandardCharsets.UTF_8);
          assertThat(seen.isEmpty() || seen.lastKey().compareTo(key) < 0).isTrue();
          assertThat(entry.getValue()).isEqualTo(model.get(key));
          seen.put(key, entry.getValue());
        });
    for (String key : unwritten.keySet()) {
      if (key.compareTo(from) >= 0) {
        assertThat(seen).containsKey(key);
      }
    }
    assertThat(seen.headMap(from)).isEmpty();
  }

  @Test
  void unwrittenRecordsThatCrowdABucketAreStillFound() {
    RecordRing large = new RecordRing(1 << 20);
    int records = 0;
    while (large.hasRoomFor(64)) {
      large.put(bytes("k" + records), bytes(Integer.toString(records)));
      records++;
    }
    for (int i = 0; i < records; i++) {
      assertThat(large.get(bytes("k" + i))).isEqualTo(bytes(Integer.toString(i)));
    }
    RingSegment first = large.freeze();
    int all = records;
    while (large.hasRoomFor(64)) {
      large.put(bytes("k" + all), bytes(Integer.toString(all)));
      all++;
    }
    for (int i = 0; i < all; i++) {
      assertThat(large.get(bytes("k" + i))).isEqualTo(bytes(Integer.toString(i)));
    }
    assertThat(played(first)).hasSize(records);
    large.release();
    assertThat(large.get(bytes("k" + (all - 1)))).isEqualTo(bytes(Integer.toString(all - 1)));
    assertThat(played(large.freeze())).hasSize(all - records);
  }

  /** Records only read crowd each other too, and fall behind the ring without being written. */
  @Test
  void whatWasOnlyReadIsNeverMixedUp() {
    Random random = new Random(13);
    RecordRing large = new RecordRing(256 << 10);
    for (int step = 0; step < 300_000; step++) {
      int number = random.nextInt(12_000);
      byte[] known = large.get(bytes("k" + number));
      if (known != null) {
        assertThat(text(known)).isEqualTo(Integer.toString(number));
      } else {
        large.keep(bytes("k" + number), bytes(Integer.toString(number)));
      }
    }
  }

  @Test
  void forgetsWhatItIsTold() {
    ring.keep(bytes("a"), bytes("1"));
    ring.forget(bytes("a"));
    ring.forget(bytes("never there"));
    assertThat(ring.get(bytes("a"))).isNull();
  }

  @Test
  void forgetsRecordsThatAreCrowdedOutToo() {
    RecordRing large = new RecordRing(1 << 20);
    int records = 0;
    while (large.keep(bytes("k" + records), bytes("1")) && records < 6_000) {
      records++;
    }
    for (int i = 0; i < records; i++) {
      large.forget(bytes("k" + i));
      assertThat(large.get(bytes("k" + i))).as("record %d", i).isNull();
    }
  }

  @Test
  void knowsNothingAfterClear() {
    ring.put(bytes("a"), bytes("1"));
    ring.clear();
    assertThat(ring.get(bytes("a"))).isNull();
    assertThat(ring.unwrittenFrom(bytes("")).hasNext()).isFalse();
    assertThat(ring.hasUnwritten()).isFalse();
  }

  @Test
  void whatIsHandedOutIsTheCallersOwn() {
    ring.put(bytes("a"), bytes("1"));
    ring.get(bytes("a"))[0] = 'x';
    assertThat(ring.get(bytes("a"))).isEqualTo(bytes("1"));
  }

  @Test
  void refusesASizeThatIsNone() {
    assertThatThrownBy(() -> new RecordRing(100))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("100");
  }

  @Test
  void oneSegmentAtATime() {
    ring.put(bytes("a"), bytes("1"));
    ring.freeze();
    assertThatThrownBy(ring::freeze).isInstanceOf(IllegalStateException.class);
  }

  private static List<String> played(KvWrites writes) {
    List<String> lines = new ArrayList<>();
    writes.playInto(
        new Puts() {
          @Override
          public void put(byte[] key, byte[] value) {
            lines.add(text(key) + "=" + text(value));
          }

          @Override
          public void delete(byte[] key) {
            lines.add(text(key) + " deleted");
          }
        });
    return lines;
  }

  private abstract static class Puts implements KvWrites.Sink {
    @Override
    public void delete(byte[] key) {
      throw new AssertionError("unexpected deletion of " + Arrays.toString(key));
    }

    @Override
    public void deleteRange(byte[] from, byte[] to) {
      throw new AssertionError("unexpected range");
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
