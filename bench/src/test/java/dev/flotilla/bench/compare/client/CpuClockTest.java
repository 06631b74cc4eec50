package dev.flotilla.bench.compare.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CpuClockTest {

  @TempDir private Path proc;

  @Test
  void addsUserAndSystemTimeOfAllProcesses() throws IOException {
    process(10, "(java)", 150, 50);
    process(11, "(etcd)", 1, 2);
    assertThat(new CpuClock(proc, List.of(10L, 11L)).micros()).isEqualTo(2_030_000);
  }

  @Test
  void aNameMayHoldSpacesAndBrackets() throws IOException {
    process(10, "(a) b (c))", 3, 4);
    assertThat(new CpuClock(proc, List.of(10L)).micros()).isEqualTo(70_000);
  }

  @Test
  void aProcessThatIsGoneIsAnError() {
    assertThatThrownBy(() -> new CpuClock(proc, List.of(12L)).micros())
        .isInstanceOf(IOException.class);
  }

  private void process(int pid, String name, int user, int system) throws IOException {
    Path folder = Files.createDirectories(proc.resolve(Integer.toString(pid)));
    Files.writeString(
        folder.resolve("stat"),
        pid + " " + name + " S 1 2 3 4 5 6 7 8 9 10 " + user + " " + system + " 77 88 20 0\n");
  }
}
