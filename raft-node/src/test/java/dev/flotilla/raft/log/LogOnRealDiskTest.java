package dev.flotilla.raft.log;

import static dev.flotilla.raft.log.Logs.all;
import static dev.flotilla.raft.log.Logs.base;
import static dev.flotilla.raft.log.Logs.describe;
import static dev.flotilla.raft.log.Logs.entries;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.raft.env.NioDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log over the real file system, with segments made and deleted on another thread. */
final class LogOnRealDiskTest {
  @TempDir Path directory;

  private WriteAheadLog open(BackgroundWork background) throws IOException {
    return WriteAheadLog.open(
        new NioDisk(directory), Logs.DIRECTORY, Logs.IDENTITY, Logs.TINY, background);
  }

  @Test
  void rollsReclaimsAndRecoversWithABackgroundThread() throws IOException {
    try (ExecutorService background = Executors.newSingleThreadExecutor()) {
      try (WriteAheadLog log = open(background::execute)) {
        GroupLog group = log.create(1, base(0, 0));
        for (int index = 1; index <= 300; index++) {
          group.append(entries(index, index, 1));
          if (index % 50 == 0) {
            group.compactTo(base(index - 20, 1));
          }
          log.sync();
        }
      }
      try (WriteAheadLog log = open(background::execute)) {
        GroupLog group = log.group(1).orElseThrow();
        assertThat(group.base()).isEqualTo(base(280, 1));
        assertThat(all(group)).isEqualTo(describe(entries(281, 300, 1)));
        assertThat(log.sizeBytes()).isLessThan(40_000);
      }
    }
  }

  /** A background that is late must not make the log lose its way, only grow the active segment. */
  @Test
  void goesOnInTheSameSegmentWhileTheNextOneIsNotReady() throws IOException {
    List<Runnable> late = new ArrayList<>();
    WriteAheadLog log = open(late::add);
    GroupLog group = log.create(1, base(0, 0));
    long before = log.sizeBytes();
    for (int index = 1; index <= 10; index++) {
      group.append(entries(index, index, 1));
      log.sync();
    }
    assertThat(log.sizeBytes() - before).isGreaterThan(Logs.TINY.segmentBytes());
    assertThat(new NioDisk(directory).list(Logs.DIRECTORY)).hasSize(1);
    late.forEach(Runnable::run);
    group.append(entries(11, 11, 1));
    log.sync();
    assertThat(new NioDisk(directory).list(Logs.DIRECTORY)).hasSize(2);
    log.close();
    try (WriteAheadLog again = open(BackgroundWork.INLINE)) {
      assertThat(all(again.group(1).orElseThrow())).isEqualTo(describe(entries(1, 11, 1)));
    }
  }
}
