package dev.flotilla.raft.env;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.raft.env.Disk.OpenMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** What every disk does, real or simulated. */
abstract class DiskContract {
  abstract Disk disk() throws IOException;

  @Test
  void readsBackWhatWasWritten() throws IOException {
    try (DiskFile file = disk().open("a", OpenMode.CREATE_NEW)) {
      file.write(0, bytes("hello world"));
      file.write(6, bytes("there"));
      file.sync();
      assertThat(file.size()).isEqualTo(11);
      assertThat(text(file, 0, 100)).isEqualTo("hello there");
      assertThat(text(file, 6, 3)).isEqualTo("the");
    }
    try (DiskFile file = disk().open("a", OpenMode.READ)) {
      assertThat(text(file, 0, 100)).isEqualTo("hello there");
    }
  }

  @Test
  void writeConsumesTheWholeBufferAndReadStopsAtTheEnd() throws IOException {
    try (DiskFile file = disk().open("a", OpenMode.CREATE_NEW)) {
      ByteBuffer from = bytes("abcdef").position(2);
      file.write(0, from);
      assertThat(from.hasRemaining()).isFalse();
      ByteBuffer into = ByteBuffer.allocate(10);
      assertThat(file.read(1, into)).isEqualTo(3);
      assertThat(into.position()).isEqualTo(3);
      assertThat(file.read(4, into)).isZero();
      assertThat(file.read(400, into)).isZero();
    }
  }

  @Test
  void directBuffersWorkLikeHeapBuffers() throws IOException {
    try (DiskFile file = disk().open("a", OpenMode.CREATE_NEW)) {
      file.write(0, ByteBuffer.allocateDirect(4).put(bytes("wxyz")).flip());
      ByteBuffer into = ByteBuffer.allocateDirect(3);
      assertThat(file.read(1, into)).isEqualTo(3);
      assertThat(UTF_8.decode(into.flip()).toString()).isEqualTo("xyz");
    }
  }

  @Test
  void aGapReadsAsZeros() throws IOException {
    try (DiskFile file = disk().open("a", OpenMode.CREATE_NEW)) {
      file.write(3, bytes("x"));
      assertThat(text(file, 0, 10)).isEqualTo("\0\0\0x");
    }
  }

  @Test
  void truncateCutsAndWhatIsWrittenBehindTheCutBeginsWithZeros() throws IOException {
    try (DiskFile file = disk().open("a", OpenMode.CREATE_NEW)) {
      file.write(0, bytes("abcdef"));
      file.sync();
      file.truncate(2);
      assertThat(file.size()).isEqualTo(2);
      file.write(4, bytes("z"));
      assertThat(text(file, 0, 10)).isEqualTo("ab\0\0z");
      file.truncate(100);
      assertThat(file.size()).isEqualTo(5);
    }
  }

  @Test
  void openModesRefuseWhatTheyMustNotFind() throws IOException {
    Disk disk = disk();
    assertThatThrownBy(() -> disk.open("a", OpenMode.READ)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> disk.open("a", OpenMode.READ_WRITE)).isInstanceOf(IOException.class);
    disk.open("a", OpenMode.CREATE_NEW).close();
    assertThatThrownBy(() -> disk.open("a", OpenMode.CREATE_NEW)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> disk.open("missing/a", OpenMode.CREATE_NEW))
        .isInstanceOf(IOException.class);
    disk.createDirectories("d");
    assertThatThrownBy(() -> disk.open("d", OpenMode.READ)).isInstanceOf(IOException.class);
  }

  @Test
  void filesOpenedForReadingCannotBeWritten() throws IOException {
    disk().open("a", OpenMode.CREATE_NEW).close();
    try (DiskFile file = disk().open("a", OpenMode.READ)) {
      assertThatThrownBy(() -> file.write(0, bytes("x"))).isInstanceOf(RuntimeException.class);
    }
  }

  @Test
  void closedFilesRefuseEverything() throws IOException {
    DiskFile file = disk().open("a", OpenMode.CREATE_NEW);
    file.close();
    file.close();
    assertThatThrownBy(() -> file.write(0, bytes("x"))).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> file.read(0, ByteBuffer.allocate(1))).isInstanceOf(IOException.class);
    assertThatThrownBy(file::sync).isInstanceOf(IOException.class);
  }

  @Test
  void listsNamesInOrderAndNothingForAMissingFolder() throws IOException {
    Disk disk = disk();
    disk.createDirectories("d/e");
    disk.open("d/b", OpenMode.CREATE_NEW).close();
    disk.open("d/a", OpenMode.CREATE_NEW).close();
    assertThat(disk.list("d")).containsExactly("a", "b", "e");
    assertThat(disk.list("nowhere")).isEmpty();
    assertThat(disk.list("")).contains("d");
    assertThatThrownBy(() -> disk.list("d/a")).isInstanceOf(IOException.class);
  }

  @Test
  void createsFoldersWithTheirParentsAndAgain() throws IOException {
    Disk disk = disk();
    disk.createDirectories("a/b/c");
    disk.createDirectories("a/b/c");
    assertThat(disk.exists("a/b/c")).isTrue();
    disk.open("f", OpenMode.CREATE_NEW).close();
    assertThatThrownBy(() -> disk.createDirectories("f/g")).isInstanceOf(IOException.class);
  }

  @Test
  void renameReplacesAFileAndKeepsOpenHandles() throws IOException {
    Disk disk = disk();
    disk.open("old", OpenMode.CREATE_NEW).close();
    try (DiskFile file = disk.open("new", OpenMode.CREATE_NEW)) {
      file.write(0, bytes("x"));
      disk.rename("new", "old");
      file.write(1, bytes("y"));
    }
    assertThat(disk.exists("new")).isFalse();
    try (DiskFile file = disk.open("old", OpenMode.READ)) {
      assertThat(text(file, 0, 9)).isEqualTo("xy");
    }
    assertThatThrownBy(() -> disk.rename("new", "other")).isInstanceOf(IOException.class);
  }

  @Test
  void renamesFoldersWithTheirContent() throws IOException {
    Disk disk = disk();
    disk.createDirectories("staging/sub");
    disk.open("staging/sub/f", OpenMode.CREATE_NEW).close();
    disk.createDirectories("final");
    disk.rename("staging", "final/1");
    assertThat(disk.exists("final/1/sub/f")).isTrue();
    assertThat(disk.exists("staging")).isFalse();
    disk.createDirectories("other");
    assertThatThrownBy(() -> disk.rename("other", "final/1")).isInstanceOf(IOException.class);
  }

  @Test
  void deletesFilesAndEmptyFoldersAndForgivesMissingOnes() throws IOException {
    Disk disk = disk();
    disk.createDirectories("d");
    disk.open("d/f", OpenMode.CREATE_NEW).close();
    assertThatThrownBy(() -> disk.delete("d")).isInstanceOf(IOException.class);
    disk.delete("d/f");
    disk.delete("d/f");
    disk.delete("d");
    assertThat(disk.exists("d")).isFalse();
    disk.createDirectories("t/u");
    disk.open("t/u/f", OpenMode.CREATE_NEW).close();
    disk.deleteRecursively("t");
    disk.deleteRecursively("t");
    assertThat(disk.exists("t")).isFalse();
  }

  @Test
  void syncsFoldersThatExist() throws IOException {
    Disk disk = disk();
    disk.createDirectories("d");
    disk.syncDirectory("d");
    disk.syncDirectory("");
    assertThatThrownBy(() -> disk.syncDirectory("missing")).isInstanceOf(IOException.class);
  }

  @Test
  void pathsCannotLeaveTheDisk() throws IOException {
    Disk disk = disk();
    for (String path : new String[] {"../x", "a/../../x", "/etc/passwd", "..", "a/.."}) {
      assertThatThrownBy(() -> disk.open(path, OpenMode.CREATE_NEW))
          .as(path)
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> disk.deleteRecursively(path))
          .as(path)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> disk.deleteRecursively(""))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void saysHowMuchRoomThereIs() throws IOException {
    assertThat(disk().usableBytes()).isPositive();
  }

  static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  static String text(DiskFile file, long position, int most) throws IOException {
    ByteBuffer into = ByteBuffer.allocate(most);
    file.read(position, into);
    return UTF_8.decode(into.flip()).toString();
  }
}
