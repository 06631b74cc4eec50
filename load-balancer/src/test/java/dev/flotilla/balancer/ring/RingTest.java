package dev.flotilla.balancer.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.slot.Slots;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RingTest {

  /** Placement is a format: these numbers may never change. */
  @Test
  void slotsStandWhereTheyAlwaysStood() {
    assertThat(Long.toHexString(Ring.slotPosition(0))).isEqualTo("1982e3a7bb241055");
    assertThat(Long.toHexString(Ring.slotPosition(1))).isEqualTo("65cd25028f98f158");
    assertThat(Long.toHexString(Ring.slotPosition(16_383))).isEqualTo("c198af1491bfbc39");
  }

  /** Placement is a format: these numbers may never change. */
  @Test
  void theTableOfThreeGroupsIsTheOneEveryBalancerHasAlwaysComputed() {
    SlotTable table = SlotTable.fromRing(groups(3), 1);
    assertThat(firstOwners(table, 24)).isEqualTo("113131221123233232313232");
    assertThat(fingerprint(table)).isEqualTo(0xdeeb2a3dL);
    assertThat(fingerprint(SlotTable.fromRing(groups(8), 1))).isEqualTo(0xd178414dL);
    assertThat(
            fingerprint(
                SlotTable.fromRing(
                    List.of(new RingGroup(1, "g1", 1), new RingGroup(2, "big", 4)), 1)))
        .isEqualTo(0xe04d251bL);
  }

  @ParameterizedTest
  @CsvSource({"3, 1.10", "8, 1.16", "32, 1.30"})
  void groupsShareTheSlotsAboutEqually(int count, double most) {
    SlotTable table = SlotTable.fromRing(groups(count), 1);
    int peak = 0;
    int sum = 0;
    for (RingGroup group : groups(count)) {
      peak = Math.max(peak, table.slotCount(group.id()));
      sum += table.slotCount(group.id());
    }
    assertThat(sum).isEqualTo(Slots.COUNT);
    double peakOverMean = peak / ((double) Slots.COUNT / count);
    System.out.println(
        String.format(Locale.ROOT, "ring: %d groups, peak over mean %.4f", count, peakOverMean));
    assertThat(peakOverMean).isLessThan(most);
  }

  @ParameterizedTest
  @CsvSource({"1", "3", "8", "32"})
  void aJoiningGroupTakesItsShareAndMovesNothingElse(int count) {
    SlotTable before = SlotTable.fromRing(groups(count), 1);
    SlotTable after = SlotTable.fromRing(groups(count + 1), 2);
    int moved = 0;
    for (int slot = 0; slot < Slots.COUNT; slot++) {
      if (before.groupOf(slot) != after.groupOf(slot)) {
        assertThat(after.groupOf(slot)).isEqualTo(count + 1);
        moved++;
      }
    }
    double share = moved / (double) Slots.COUNT;
    double ideal = 1.0 / (count + 1);
    System.out.println(
        String.format(
            Locale.ROOT, "ring: %d + 1 groups, moved %.4f, ideal %.4f", count, share, ideal));
    assertThat(share).isBetween(ideal * 0.8, ideal * 1.25);
  }

  @Test
  void aGroupOfTwiceTheWeightOwnsAboutTwiceTheSlots() {
    SlotTable table =
        SlotTable.fromRing(
            List.of(
                new RingGroup(1, "g1", 1), new RingGroup(2, "g2", 2), new RingGroup(3, "g3", 1)),
            1);
    assertThat(table.slotCount(2) / (double) Slots.COUNT).isBetween(0.45, 0.55);
  }

  @Test
  void theOrderGroupsAreNamedInDoesNotMatter() {
    List<RingGroup> reversed = groups(8).reversed();
    assertThat(fingerprint(SlotTable.fromRing(reversed, 1)))
        .isEqualTo(fingerprint(SlotTable.fromRing(groups(8), 1)));
  }

  @Test
  void rangesCoverEverySlotOnce() {
    SlotTable table = SlotTable.fromRing(groups(3), 7);
    assertThat(table.epoch()).isEqualTo(7);
    int[] covered = new int[Slots.COUNT];
    for (RingGroup group : groups(3)) {
      int size = 0;
      for (SlotRange range : table.ranges(group.id())) {
        size += range.size();
        for (int slot = range.from(); slot < range.to(); slot++) {
          assertThat(table.groupOf(slot)).isEqualTo(group.id());
          covered[slot]++;
        }
      }
      assertThat(size).isEqualTo(table.slotCount(group.id()));
    }
    assertThat(covered).containsOnly(1);
    assertThat(table.ranges(99)).isEmpty();
    assertThat(SlotTable.fromRing(groups(1), 1).ranges(1))
        .containsExactly(new SlotRange(0, Slots.COUNT));
  }

  @Test
  void groupsThatCouldNotBeToldApartAreRefused() {
    assertThatThrownBy(() -> new Ring(List.of())).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Ring(List.of(new RingGroup(1, "a", 1), new RingGroup(1, "b", 1))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Ring(List.of(new RingGroup(1, "a", 1), new RingGroup(2, "a", 1))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RingGroup(1, "a", 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RingGroup(0, "a", 1)).isInstanceOf(IllegalArgumentException.class);
  }

  private static List<RingGroup> groups(int count) {
    List<RingGroup> groups = new ArrayList<>();
    for (int id = 1; id <= count; id++) {
      groups.add(new RingGroup(id, "g" + id, 1));
    }
    return groups;
  }

  private static String firstOwners(SlotTable table, int count) {
    StringBuilder owners = new StringBuilder();
    for (int slot = 0; slot < count; slot++) {
      owners.append(table.groupOf(slot));
    }
    return owners.toString();
  }

  /** CRC32C over one byte a slot: the owner's id. */
  private static long fingerprint(SlotTable table) {
    CRC32C crc = new CRC32C();
    for (int slot = 0; slot < Slots.COUNT; slot++) {
      crc.update(table.groupOf(slot));
    }
    return crc.getValue();
  }
}
