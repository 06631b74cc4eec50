package dev.flotilla.raft.env;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.raft.env.Disk.OpenMode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NioDiskTest extends DiskContract {
  @TempDir Path directory;
  private NioDisk disk;

  @BeforeEach
  void open() throws IOException {
    disk = new NioDisk(directory.resolve("deep/node"));
  }

  @Override
  Disk disk() {
    return disk;
  }

  @Test
  void createsItsFolderAndTellsWherePathsLie() throws IOException {
    disk.open("f", OpenMode.CREATE_NEW).close();
    assertThat(disk.resolve("f")).exists().isEqualTo(directory.resolve("deep/node/f"));
    assertThat(disk.root()).isEqualTo(directory.resolve("deep/node"));
  }
}
