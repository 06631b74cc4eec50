package dev.flotilla.raft.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.flotilla.raft.env.Disk.OpenMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class SimulatedDiskTest extends DiskContract {
  private final SimulatedDisk disk = new SimulatedDisk();

  @Override
  Disk disk() {
    return disk;
  }

  @Test
  void aKilledProcessLosesItsHandlesAndNothingElse() throws IOException {
    DiskFile file = disk.open("a", OpenMode.CREATE_NEW);
    file.write(0, bytes("unsynced"));
    disk.kill();
    assertThatThrownBy(() -> file.write(0, bytes("x"))).isInstanceOf(IOException.class);
    assertThat(disk.content("a")).asString().isEqualTo("unsynced");
  }

  /** H33: the bytes of a file are worth nothing without its name. */
  @Test
  void aSyncedFileInAnUnsyncedFolderMayVanish() throws IOException {
    int vanished = 0;
    for (int seed = 0; seed < 50; seed++) {
      SimulatedDisk disk = new SimulatedDisk();
      writeSynced(disk, "a", "x");
      disk.crash(new SplittableRandom(seed));
      vanished += disk.exists("a") ? 0 : 1;
    }
    assertThat(vanished).isBetween(1, 49);
  }

  @Test
  void whatWasSyncedWithItsNameSurvivesEveryCrash() throws IOException {
    for (int seed = 0; seed < 200; seed++) {
      SimulatedDisk disk = new SimulatedDisk();
      writeSynced(disk, "a", "durable");
      disk.syncDirectory("");
      try (DiskFile file = disk.open("a", OpenMode.READ_WRITE)) {
        file.write(7, bytes(" and not"));
      }
      disk.crash(new SplittableRandom(seed));
      assertThat(new String(disk.content("a"))).startsWith("durable");
    }
  }

  @Test
  void everySectorIsDecidedForItself() throws IOException {
    Set<String> outcomes = new HashSet<>();
    for (int seed = 0; seed < 300; seed++) {
      SimulatedDisk disk = new SimulatedDisk();
      writeSynced(disk, "a", "o".repeat(1024));
      disk.syncDirectory("");
      try (DiskFile file = disk.open("a", OpenMode.READ_WRITE)) {
        file.write(0, bytes("n".repeat(1024)));
      }
      disk.crash(new SplittableRandom(seed));
      byte[] content = disk.content("a");
      outcomes.add(kind(content[100]) + kind(content[900]));
    }
    assertThat(outcomes).hasSize(16);
  }

  private static String kind(byte value) {
    return switch (value) {
      case 'o' -> "old ";
      case 'n' -> "new ";
      case 0 -> "zero ";
      default -> "garbage ";
    };
  }

  @Test
  void aRenameIsSeenWholeOrNotAtAll() throws IOException {
    Set<String> outcomes = new HashSet<>();
    for (int seed = 0; seed < 50; seed++) {
      SimulatedDisk disk = new SimulatedDisk();
      writeSynced(disk, "target", "old");
      writeSynced(disk, "staged", "new");
      disk.syncDirectory("");
      disk.rename("staged", "target");
      disk.crash(new SplittableRandom(seed));
      outcomes.add(disk.list("") + new String(disk.content("target")));
    }
    assertThat(outcomes).containsExactlyInAnyOrder("[target]new", "[staged, target]old");
  }

  /**
   * H32: after a failed fsync the kernel believes its pages clean; only writing them again helps.
   */
  @Test
  void aFailedSyncLosesThePagesAlthoughTheyCanBeRead() throws IOException {
    writeSynced(disk, "a", "1");
    disk.syncDirectory("");
    try (DiskFile file = disk.open("a", OpenMode.READ_WRITE)) {
      file.write(0, bytes("2"));
      disk.setFaults((operation, path) -> {
        if (operation == SimulatedDisk.Operation.SYNC) {
          throw new IOException("EIO");
        }
      });
      assertThatThrownBy(file::sync).hasMessage("EIO");
      disk.setFaults(SimulatedDisk.Faults.NONE);
      file.sync();
      assertThat(text(file, 0, 9)).isEqualTo("2");
    }
    disk.crashLosingAllUnsynced();
    assertThat(disk.content("a")).asString().isEqualTo("1");
  }

  @Test
  void aFullDiskTakesWhatFits() throws IOException {
    disk.setQuotaBytes(10);
    try (DiskFile file = disk.open("a", OpenMode.CREATE_NEW)) {
      file.write(0, bytes("12345678"));
      assertThat(disk.usableBytes()).isEqualTo(2);
      assertThatThrownBy(() -> file.write(8, bytes("abcd"))).hasMessageContaining("no space left");
      assertThat(text(file, 0, 20)).isEqualTo("12345678ab");
      file.write(0, bytes("overwriting needs no room".substring(0, 10)));
    }
  }

  @Test
  void theDurableImageHoldsOnlyWhatWasSynced() throws IOException {
    writeSynced(disk, "a", "x");
    disk.syncDirectory("");
    writeSynced(disk, "b", "y");
    try (DiskFile file = disk.open("a", OpenMode.READ_WRITE)) {
      file.write(0, bytes("z"));
    }
    SimulatedDisk image = disk.durableImage();
    assertThat(image.list("")).containsExactly("a");
    assertThat(image.content("a")).asString().isEqualTo("x");
    assertThat(disk.content("a")).asString().isEqualTo("z");
  }

  @Test
  void flippedBitsStayFlipped() throws IOException {
    writeSynced(disk, "a", "aa");
    disk.syncDirectory("");
    disk.flipBit("a", 1, 1);
    disk.crashLosingAllUnsynced();
    assertThat(disk.content("a")).asString().isEqualTo("ac");
  }

  /** The cache hides a lost write until it is evicted; the rest of the file is where it belongs. */
  @Test
  void aLostWriteLeavesTheOldSectorOnThePlatter() throws IOException {
    writeSynced(disk, "a", "o".repeat(1024));
    disk.syncDirectory("");
    disk.setFaults(
        writeBack((path, position) ->
            position == 512 ? SimulatedWriteBack.LOST : SimulatedWriteBack.LANDS));
    try (DiskFile file = disk.open("a", OpenMode.READ_WRITE)) {
      file.write(0, bytes("n".repeat(1024)));
      file.sync();
      assertThat(text(file, 0, 2000)).isEqualTo("n".repeat(1024));
      disk.setFaults(SimulatedDisk.Faults.NONE);
      file.write(1000, bytes("x"));
      file.sync();
      disk.dropCaches();
      String platter = "n".repeat(512) + "o".repeat(488) + "x" + "o".repeat(23);
      assertThat(text(file, 0, 2000)).isEqualTo(platter);
      disk.crashLosingAllUnsynced();
      assertThat(disk.content("a")).asString().isEqualTo(platter);
    }
  }

  @Test
  void aMisdirectedWriteReplacesTheBytesOfAnother() throws IOException {
    writeSynced(disk, "a", "a".repeat(512));
    writeSynced(disk, "b", "b".repeat(700));
    disk.setFaults(writeBack((path, position) -> new SimulatedWriteBack.Misdirected("b", 512)));
    try (DiskFile file = disk.open("a", OpenMode.READ_WRITE)) {
      file.write(0, bytes("n".repeat(512)));
      file.sync();
    }
    assertThat(disk.content("b")).asString().isEqualTo("b".repeat(700));
    disk.dropCaches();
    assertThat(disk.content("a")).asString().isEqualTo("a".repeat(512));
    assertThat(disk.content("b")).asString().isEqualTo("b".repeat(512) + "n".repeat(188));
  }

  @Test
  void aMisdirectedWriteMayHitNobody() throws IOException {
    writeSynced(disk, "a", "old");
    disk.setFaults(writeBack((path, position) -> new SimulatedWriteBack.Misdirected("nowhere", 0)));
    try (DiskFile file = disk.open("a", OpenMode.READ_WRITE)) {
      file.write(0, bytes("new"));
      file.sync();
    }
    disk.dropCaches();
    assertThat(disk.content("a")).asString().isEqualTo("old");
  }

  /** H32: some sectors of a sync that failed may be on the platter. */
  @Test
  void aFailedSyncMayLandInParts() throws IOException {
    writeSynced(disk, "a", "o".repeat(1024));
    disk.syncDirectory("");
    disk.setFaults(
        new SimulatedDisk.Faults() {
          @Override
          public void before(SimulatedDisk.Operation operation, String path) throws IOException {
            if (operation == SimulatedDisk.Operation.SYNC) {
              throw new IOException("EIO");
            }
          }

          @Override
          public SimulatedWriteBack writeBackOfFailedSync(String path, long position) {
            return position == 512 ? SimulatedWriteBack.LANDS : SimulatedWriteBack.LOST;
          }
        });
    try (DiskFile file = disk.open("a", OpenMode.READ_WRITE)) {
      file.write(0, bytes("n".repeat(1024)));
      assertThatThrownBy(file::sync).hasMessage("EIO");
      assertThat(text(file, 0, 2000)).isEqualTo("n".repeat(1024));
    }
    disk.dropCaches();
    assertThat(disk.content("a")).asString().isEqualTo("o".repeat(512) + "n".repeat(512));
  }

  /** A power loss in the middle of a sync decides about each sector, as any power loss. */
  @Test
  void aPowerLossDuringASyncMayLeaveHalfOfIt() throws IOException {
    Set<String> outcomes = new HashSet<>();
    for (int seed = 0; seed < 100; seed++) {
      SimulatedDisk disk = new SimulatedDisk();
      writeSynced(disk, "a", "o".repeat(1024));
      disk.syncDirectory("");
      disk.setFaults((operation, path) -> {
        if (operation == SimulatedDisk.Operation.SYNC) {
          throw new IllegalStateException("the power is gone");
        }
      });
      try (DiskFile file = disk.open("a", OpenMode.READ_WRITE)) {
        file.write(0, bytes("n".repeat(1024)));
        assertThatThrownBy(file::sync).hasMessage("the power is gone");
      }
      disk.crash(new SplittableRandom(seed));
      byte[] content = disk.content("a");
      outcomes.add(kind(content[100]) + kind(content[900]));
    }
    assertThat(outcomes).contains("old new ", "new old ", "old old ", "new new ");
  }

  @Test
  void badSectorsFailReadsUntilTheyAreWrittenWhole() throws IOException {
    writeSynced(disk, "a", "x".repeat(1536));
    disk.syncDirectory("");
    disk.failReads("a", 600, 700);
    disk.rename("a", "b");
    disk.syncDirectory("");
    disk.crashLosingAllUnsynced();
    try (DiskFile file = disk.open("b", OpenMode.READ_WRITE)) {
      assertThatThrownBy(() -> text(file, 0, 513)).hasMessageContaining("error in sector 1");
      assertThatThrownBy(() -> text(file, 1023, 1)).isInstanceOf(IOException.class);
      assertThat(text(file, 0, 512)).isEqualTo("x".repeat(512));
      assertThat(text(file, 1024, 9)).isEqualTo("x".repeat(9));
      file.write(700, bytes("y"));
      assertThatThrownBy(() -> text(file, 700, 1)).isInstanceOf(IOException.class);
      file.write(512, bytes("z".repeat(512)));
      assertThat(text(file, 700, 1)).isEqualTo("z");
    }
  }

  @Test
  void theRoomUsedFollowsEveryName() throws IOException {
    disk.setQuotaBytes(1_000);
    writeSynced(disk, "a", "x".repeat(100));
    writeSynced(disk, "b", "x".repeat(10));
    disk.syncDirectory("");
    disk.rename("a", "b");
    assertThat(disk.usableBytes()).isEqualTo(900);
    try (DiskFile file = disk.open("b", OpenMode.READ_WRITE)) {
      file.truncate(60);
      assertThat(disk.usableBytes()).isEqualTo(940);
      disk.delete("b");
      assertThat(disk.usableBytes()).isEqualTo(1_000);
      file.write(0, bytes("y".repeat(80)));
      assertThat(disk.usableBytes()).isEqualTo(1_000);
    }
    disk.crashLosingAllUnsynced();
    assertThat(disk.files()).containsExactly(entry("a", 100L), entry("b", 10L));
    assertThat(disk.usableBytes()).isEqualTo(890);
  }

  /** An image is a picture: neither disk sees what the other does later. */
  @Test
  void anImageSharesNothingWithItsDisk() throws IOException {
    writeSynced(disk, "a", "x".repeat(700));
    disk.syncDirectory("");
    SimulatedDisk image = disk.durableImage();
    for (SimulatedDisk one : List.of(disk, image)) {
      String mark = one == disk ? "d" : "i";
      try (DiskFile file = one.open("a", OpenMode.READ_WRITE)) {
        file.write(699, bytes(mark));
        file.sync();
      }
    }
    disk.flipBit("a", 0, 0);
    assertThat(disk.durableContent("a")).asString().isEqualTo("y" + "x".repeat(698) + "d");
    assertThat(image.durableContent("a")).asString().isEqualTo("x".repeat(699) + "i");
    assertThat(image.content("a")).isEqualTo(image.durableContent("a"));
  }

  /** A plain model, byte by byte, against the sectors that are shared and copied. */
  @Test
  void randomWorkOnAFileMatchesAPlainModel() throws IOException {
    for (int seed = 0; seed < 60; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      SimulatedDisk disk = new SimulatedDisk();
      byte[] seen = new byte[0];
      byte[] durable = new byte[0];
      DiskFile file = disk.open("a", OpenMode.CREATE_NEW);
      file.sync();
      disk.syncDirectory("");
      for (int step = 0; step < 200; step++) {
        switch (random.nextInt(8)) {
          case 0, 1, 2, 3 -> {
            int position = random.nextInt(3_000);
            byte[] bytes = new byte[random.nextInt(1, 1_200)];
            random.nextBytes(bytes);
            file.write(position, ByteBuffer.wrap(bytes));
            seen = Arrays.copyOf(seen, Math.max(seen.length, position + bytes.length));
            System.arraycopy(bytes, 0, seen, position, bytes.length);
          }
          case 4 -> {
            int size = random.nextInt(4_000);
            file.truncate(size);
            seen = Arrays.copyOf(seen, Math.min(seen.length, size));
          }
          case 5, 6 -> {
            file.sync();
            durable = seen.clone();
          }
          default -> {
            disk.crashLosingAllUnsynced();
            file = disk.open("a", OpenMode.READ_WRITE);
            seen = durable.clone();
          }
        }
        assertThat(disk.content("a")).as("seed %d, step %d", seed, step).isEqualTo(seen);
        assertThat(disk.durableImage().content("a")).isEqualTo(durable);
      }
      file.close();
    }
  }

  @FunctionalInterface
  private interface Fate {
    SimulatedWriteBack of(String path, long position);
  }

  private static SimulatedDisk.Faults writeBack(Fate fate) {
    return new SimulatedDisk.Faults() {
      @Override
      public void before(SimulatedDisk.Operation operation, String path) {}

      @Override
      public SimulatedWriteBack writeBack(String path, long position) {
        return fate.of(path, position);
      }
    };
  }

  private static void writeSynced(Disk disk, String path, String text) throws IOException {
    try (DiskFile file = disk.open(path, OpenMode.CREATE_NEW)) {
      file.write(0, bytes(text));
      file.sync();
    }
  }
}
