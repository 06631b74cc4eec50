package dev.flotilla.kv;

import static dev.flotilla.kv.Commands.list;
import static dev.flotilla.kv.Commands.listAfter;
import static dev.flotilla.kv.Commands.put;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.kv.v1.Command;
import dev.flotilla.proto.kv.v1.KeyInfo;
import dev.flotilla.proto.kv.v1.QueryResult;
import dev.flotilla.proto.kv.v1.Status;
import dev.flotilla.slot.Slots;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ListingTest {
  private final Replica replica = Replica.owningAll();

  @Test
  void anEmptyStoreHasNoKeys() {
    QueryResult page = replica.query(list("", 10));
    assertThat(page.getStatus()).isEqualTo(Status.STATUS_OK);
    assertThat(page.getKeysCount()).isZero();
    assertThat(page.getMore()).isFalse();
  }

  @Test
  void pagesTogetherAreAllKeysInTheOrderOfSlotAndKey() {
    List<String> keys =
        Stream.concat(
                IntStream.range(0, 300).mapToObj(i -> "key" + i),
                IntStream.range(0, 40).mapToObj(i -> "{tag}" + i))
            .toList();
    replica.applyEntry(
        keys.stream().map(key -> Commands.from(5, 1, put(key, "v"))).toArray(Command[]::new));
    replica.applyEntry(keys.stream().map(key -> put(key, "value")).toArray(Command[]::new));
    List<String> expected =
        keys.stream()
            .sorted(Comparator.<String>comparingInt(ListingTest::slot).thenComparing(key -> key))
            .toList();
    for (int limit : new int[] {1, 7, 340, 1_000}) {
      assertThat(all("", limit)).as("limit %d", limit).isEqualTo(expected);
    }
    assertThat(all("{tag}1", 3))
        .containsExactly(
            "{tag}1", "{tag}10", "{tag}11", "{tag}12", "{tag}13", "{tag}14", "{tag}15", "{tag}16",
            "{tag}17", "{tag}18", "{tag}19");
    assertThat(all("key29", 4))
        .containsExactlyInAnyOrder(
            "key29", "key290", "key291", "key292", "key293", "key294", "key295", "key296", "key297",
            "key298", "key299");
    assertThat(all("no such", 10)).isEmpty();
  }

  @Test
  void tellsWhatIsKnownOfAKey() {
    replica.apply(put("k", "1"));
    replica.apply(Commands.putFor("k", "12345", 1_000));
    KeyInfo info = replica.query(list("", 10)).getKeys(0);
    assertThat(info.getRevision()).isEqualTo(2);
    assertThat(info.getSizeBytes()).isEqualTo(5);
    assertThat(info.getExpiresAtMillis()).isEqualTo(replica.nowMillis + 1_000);
  }

  @Test
  void aPrefixWithAWholeTagLooksIntoOneSlotOnly() {
    replica.applyEntry(
        IntStream.range(0, 2_000).mapToObj(i -> put("{a}x" + i, "v")).toArray(Command[]::new));
    replica.applyEntry(
        IntStream.range(0, 2_000).mapToObj(i -> put("z" + i, "v")).toArray(Command[]::new));
    QueryResult page = replica.query(list("{a}y", 10));
    assertThat(page.getMore()).isFalse();
    assertThat(page.getKeysCount()).isZero();
    assertThat(all("{a}", 999)).hasSize(2_000);
  }

  @Test
  void oneCallDoesABoundedAmountOfWork() {
    for (int from = 0; from < 6_000; from += 1_000) {
      replica.applyEntry(
          IntStream.range(from, from + 1_000)
              .mapToObj(i -> put("rare" + i, "v"))
              .toArray(Command[]::new));
    }
    QueryResult page = replica.query(list("none", 10));
    assertThat(page.getKeysCount()).isZero();
    assertThat(page.getMore()).isTrue();
    assertThat(all("none", 10)).isEmpty();
    assertThat(all("rare", 1_000)).hasSize(6_000);
  }

  @Test
  void aPageOfLongKeysEndsEarly() {
    replica.applyEntry(
        IntStream.range(0, 600)
            .mapToObj(i -> put(i + "k".repeat(4_000), ""))
            .toArray(Command[]::new));
    assertThat(replica.query(list("", 1_000)).getSerializedSize()).isLessThan(2 << 20);
    assertThat(all("", 1_000)).hasSize(600);
  }

  @Test
  void onlyOwnedSlotsAreListed() {
    replica.apply(put("a", "v"));
    replica.apply(put("b", "v"));
    int slot = slot("a");
    replica.apply(Commands.assign(2, new SlotRange(slot, slot + 1)));
    assertThat(all("", 10)).containsExactly("a");
    assertThat(all("{tag", 10)).isEmpty();
    assertThat(all("{tag}", 10)).isEmpty();
  }

  @Test
  void theLimitAndThePositionMustMakeSense() {
    assertThat(replica.query(list("", 0)).getStatus()).isEqualTo(Status.STATUS_INVALID);
    assertThat(replica.query(list("", 1_001)).getStatus()).isEqualTo(Status.STATUS_INVALID);
    assertThat(replica.query(list("", -1)).getStatus()).isEqualTo(Status.STATUS_INVALID);
    assertThat(replica.query(listAfter("", 1, 16_384, ByteString.EMPTY)).getStatus())
        .isEqualTo(Status.STATUS_INVALID);
    assertThat(replica.query(listAfter("", 1, -1, ByteString.EMPTY)).getStatus())
        .isEqualTo(Status.STATUS_INVALID);
    assertThat(replica.query(listAfter("", 1, 16_383, Commands.utf8("z"))).getStatus())
        .isEqualTo(Status.STATUS_OK);
  }

  private List<String> all(String prefix, int limit) {
    List<String> keys = new ArrayList<>();
    QueryResult page = replica.query(list(prefix, limit));
    for (int calls = 0; ; calls++) {
      assertThat(calls).isLessThan(2_000);
      assertThat(page.getStatus()).isEqualTo(Status.STATUS_OK);
      page.getKeysList().forEach(info -> keys.add(info.getKey().toStringUtf8()));
      if (!page.getMore()) {
        return keys;
      }
      page = replica.query(listAfter(prefix, limit, page.getNextSlot(), page.getNextKey()));
    }
  }

  private static int slot(String key) {
    return Slots.of(key.getBytes(StandardCharsets.UTF_8));
  }
}
