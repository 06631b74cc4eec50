package dev.flotilla.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every engine promises. */
abstract class KvEngineContract {
  private KvEngine engine;

  /** Opens the engine as what the last life left. */
  abstract KvEngine open();

  /** Ends the engine's life the hard way, losing all that is not durable. */
  abstract void crash(KvEngine engine);

  /** A new empty folder; returns its path on the node's disk. */
  abstract String emptyFolder(String name) throws Exception;

  /** Names of the files in a folder. */
  abstract List<String> files(String folder) throws Exception;

  /** Puts a file of somebody else into a folder. */
  abstract void addFile(String folder, String name) throws Exception;

  /** Damages the file of a checkpoint without which it cannot be opened. */
  abstract void damage(String folder) throws Exception;

  @BeforeEach
  void openEngine() {
    engine = open();
  }

  @AfterEach
  void closeEngine() {
    engine.close();
  }

  private void crashAndReopen() {
    crash(engine);
    engine = open();
  }

  @Test
  void readsWhatWasWritten() {
    engine.write(new KvBatch().put(bytes("a"), bytes("1")).put(bytes("b"), bytes("")));
    assertThat(engine.get(bytes("a"))).isEqualTo(bytes("1"));
    assertThat(engine.get(bytes("b"))).isEmpty();
    assertThat(engine.get(bytes("c"))).isNull();
  }

  @Test
  void operationsOfABatchTakeEffectInTheirOrder() {
    engine.write(new KvBatch().put(bytes("a"), bytes("1")).put(bytes("b"), bytes("1")));
    engine.write(
        new KvBatch()
            .put(bytes("c"), bytes("2"))
            .deleteRange(bytes("a"), bytes("d"))
            .put(bytes("b"), bytes("3"))
            .put(bytes("e"), bytes("4"))
            .delete(bytes("e"))
            .delete(bytes("never there")));
    assertThat(dump()).containsExactly("b=3");
  }

  @Test
  void deletingARangeLeavesItsEnd() {
    engine.write(
        new KvBatch()
            .put(bytes("a"), bytes("1"))
            .put(bytes("b"), bytes("1"))
            .put(bytes("c"), bytes("1")));
    engine.write(new KvBatch().deleteRange(bytes("a"), bytes("c")));
    engine.write(new KvBatch().deleteRange(bytes("c"), bytes("c")));
    engine.write(new KvBatch().deleteRange(bytes("d"), bytes("a")));
    assertThat(dump()).containsExactly("c=1");
  }

  @Test
  void keysAreOrderedAsUnsignedBytes() {
    byte[] high = {(byte) 0xFF};
    byte[] middle = {(byte) 0x80};
    byte[] low = {0x7F};
    byte[] longer = {0x7F, 0x00};
    engine.write(
        new KvBatch().put(high, high).put(longer, longer).put(middle, middle).put(low, low));
    List<byte[]> seen = new ArrayList<>();
    engine.scan(new byte[0], (key, value) -> seen.add(key));
    assertThat(seen).containsExactly(low, longer, middle, high);
  }

  @Test
  void aScanBeginsAtItsKeyAndEndsWhenTheVisitorHasEnough() {
    engine.write(
        new KvBatch()
            .put(bytes("a"), bytes("1"))
            .put(bytes("b"), bytes("2"))
            .put(bytes("c"), bytes("3"))
            .put(bytes("d"), bytes("4")));
    List<String> seen = new ArrayList<>();
    engine.scan(
        bytes("aa"),
        (key, value) -> {
          seen.add(text(key));
          return seen.size() < 2;
        });
    assertThat(seen).containsExactly("b", "c");
  }

  @Test
  void anEmptyBatchIsNothing() {
    engine.write(new KvBatch());
    assertThat(dump()).isEmpty();
  }

  @Test
  void whatWasFlushedSurvivesACrash() {
    engine.write(new KvBatch().put(bytes("a"), bytes("1")));
    engine.flush();
    engine.write(new KvBatch().delete(bytes("a")).put(bytes("b"), bytes("2")));
    crashAndReopen();
    assertThat(dump()).containsExactly("a=1");
    engine.write(new KvBatch().put(bytes("c"), bytes("3")));
    engine.flush();
    engine.flush();
    crashAndReopen();
    assertThat(dump()).containsExactly("a=1", "c=3");
  }

  @Test
  void aFreshStoreSurvivesACrashToo() {
    crashAndReopen();
    assertThat(dump()).isEmpty();
  }

  /** H36: data and applied index are keys of one batch; a crash must not part them. */
  @Test
  void h36_aCrashNeverSplitsABatch() {
    Random random = new Random(36);
    for (int round = 0; round < 20; round++) {
      int writes = random.nextInt(1, 30);
      for (int i = 0; i < writes; i++) {
        byte[] mark = bytes("mark " + round + "." + i);
        engine.write(new KvBatch().put(bytes("first"), mark).put(bytes("zzz last"), mark));
        if (random.nextInt(5) == 0) {
          engine.flush();
        }
      }
      crashAndReopen();
      assertThat(engine.get(bytes("first"))).isEqualTo(engine.get(bytes("zzz last")));
    }
  }

  @Test
  void aCheckpointHoldsWhatWasThereAndNothingLater() throws Exception {
    engine.write(new KvBatch().put(bytes("a"), bytes("1")));
    engine.flush();
    engine.write(new KvBatch().put(bytes("b"), bytes("2")));
    String folder = emptyFolder("checkpoint");
    engine.checkpoint(folder);
    engine.write(new KvBatch().put(bytes("a"), bytes("changed")).put(bytes("c"), bytes("3")));
    engine.install(folder);
    assertThat(dump()).containsExactly("a=1", "b=2");
  }

  @Test
  void anInstalledCheckpointIsDurableAndItsFilesStay() throws Exception {
    engine.write(new KvBatch().put(bytes("a"), bytes("1")));
    String folder = emptyFolder("checkpoint");
    engine.checkpoint(folder);
    List<String> files = files(folder);
    engine.write(new KvBatch().put(bytes("a"), bytes("2")));
    engine.flush();
    engine.install(folder);
    crashAndReopen();
    assertThat(dump()).containsExactly("a=1");
    engine.write(new KvBatch().put(bytes("a"), bytes("3")).put(bytes("b"), bytes("3")));
    engine.flush();
    assertThat(files(folder)).isEqualTo(files).isNotEmpty();
    engine.install(folder);
    assertThat(dump()).containsExactly("a=1");
  }

  /** H39, H42: a checkpoint is durable when it is said to be there. */
  @Test
  void h39_aCheckpointSurvivesACrash() throws Exception {
    engine.write(new KvBatch().put(bytes("a"), bytes("1")));
    String folder = emptyFolder("checkpoint");
    engine.checkpoint(folder);
    crashAndReopen();
    engine.install(folder);
    assertThat(dump()).containsExactly("a=1");
  }

  @Test
  void filesOfOthersInTheCheckpointsFolderAreIgnored() throws Exception {
    engine.write(new KvBatch().put(bytes("a"), bytes("1")));
    String folder = emptyFolder("checkpoint");
    engine.checkpoint(folder);
    addFile(folder, "MANIFEST");
    engine.write(new KvBatch().delete(bytes("a")));
    engine.install(folder);
    crashAndReopen();
    assertThat(dump()).containsExactly("a=1");
  }

  /** H30: loud, and the state that was good is still there. */
  @Test
  void h30_aDamagedCheckpointDoesNotReplaceTheState() throws Exception {
    engine.write(new KvBatch().put(bytes("a"), bytes("1")));
    String folder = emptyFolder("checkpoint");
    engine.checkpoint(folder);
    damage(folder);
    engine.write(new KvBatch().put(bytes("a"), bytes("2")));
    engine.flush();
    assertThatThrownBy(() -> engine.install(folder)).isInstanceOf(EngineException.class);
    assertThatThrownBy(() -> engine.install(emptyFolder("empty")))
        .isInstanceOf(EngineException.class);
    assertThat(dump()).containsExactly("a=2");
    crashAndReopen();
    assertThat(dump()).containsExactly("a=2");
  }

  @Test
  void aClosedEngineRefuses() {
    KvEngine closed = engine;
    closed.close();
    assertThatThrownBy(() -> closed.get(bytes("a"))).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> closed.write(new KvBatch().delete(bytes("a"))))
        .isInstanceOf(IllegalStateException.class);
    closed.close();
    engine = open();
  }

  @Test
  void behavesAsASortedMapOverALongRandomLife() throws Exception {
    Random random = new Random(7);
    NavigableMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
    NavigableMap<byte[], byte[]> durable = new TreeMap<>(Arrays::compareUnsigned);
    NavigableMap<byte[], byte[]> saved = null;
    String checkpoint = "";
    for (int step = 0; step < 600; step++) {
      int choice = random.nextInt(100);
      if (choice < 85) {
        KvBatch batch = new KvBatch();
        for (int i = random.nextInt(6); i >= 0; i--) {
          byte[] key = randomKey(random);
          switch (random.nextInt(10)) {
            case 0 -> {
              byte[] to = randomKey(random);
              batch.deleteRange(key, to);
              if (Arrays.compareUnsigned(key, to) < 0) {
                model.subMap(key, to).clear();
              }
            }
            case 1, 2, 3 -> {
              batch.delete(key);
              model.remove(key);
            }
            default -> {
              byte[] value = new byte[random.nextInt(300)];
              random.nextBytes(value);
              batch.put(key, value);
              model.put(key, value);
            }
          }
        }
        engine.write(batch);
      } else if (choice < 92) {
        engine.flush();
        durable = copy(model);
      } else if (choice < 95) {
        // Losing less than allowed would be no fault, but both engines lose exactly what they may.
        crashAndReopen();
        model = copy(durable);
      } else if (choice < 98) {
        checkpoint = emptyFolder("checkpoint-" + step);
        engine.checkpoint(checkpoint);
        saved = copy(model);
        engine.flush();
        durable = copy(model);
      } else if (saved != null) {
        engine.install(checkpoint);
        model = copy(saved);
        durable = copy(saved);
      }
      if (step % 20 == 0) {
        assertThat(contents(new byte[0])).as("step %d", step).isEqualTo(render(model));
        byte[] from = randomKey(random);
        assertThat(contents(from)).isEqualTo(render(model.tailMap(from, true)));
      }
    }
  }

  private static byte[] randomKey(Random random) {
    byte[] key = new byte[random.nextInt(1, 4)];
    random.nextBytes(key);
    key[0] &= 0x0F;
    return key;
  }

  private static NavigableMap<byte[], byte[]> copy(NavigableMap<byte[], byte[]> map) {
    return new TreeMap<>(map);
  }

  private static List<String> render(NavigableMap<byte[], byte[]> map) {
    List<String> lines = new ArrayList<>();
    map.forEach((key, value) -> lines.add(Arrays.toString(key) + Arrays.hashCode(value)));
    return lines;
  }

  private List<String> contents(byte[] from) {
    List<String> lines = new ArrayList<>();
    engine.scan(
        from,
        (key, value) -> {
          lines.add(Arrays.toString(key) + Arrays.hashCode(value));
          return true;
        });
    return lines;
  }

  private List<String> dump() {
    List<String> lines = new ArrayList<>();
    engine.scan(
        new byte[0],
        (key, value) -> {
          lines.add(text(key) + "=" + text(value));
          return true;
        });
    return lines;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
