package dev.flotilla.raft.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.raft.env.Disk.OpenMode;
import java.io.IOException;
import java.util.HashSet;
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

  private static void writeSynced(Disk disk, String path, String text) throws IOException {
    try (DiskFile file = disk.open(path, OpenMode.CREATE_NEW)) {
      file.write(0, bytes(text));
      file.sync();
    }
  }
}
