package dev.flotilla.raft.log;

import static dev.flotilla.raft.log.Logs.base;
import static dev.flotilla.raft.log.Logs.entry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.raft.core.HardState;
import dev.flotilla.raft.env.SimulatedDisk;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bytes on disk are a format: a later version has to read what this one wrote. */
final class LogFormatTest {
  @Test
  void theBytesOfAKnownLogNeverChange() throws IOException {
    SimulatedDisk disk = new SimulatedDisk();
    WriteAheadLog log = Logs.open(disk);
    GroupLog group = log.create(5, base(6, 2));
    group.setHardState(new HardState(3, 1));
    group.append(List.of(entry(7, 3, "seven")));
    log.sync();
    byte[] content = disk.content("wal/0000000000000001.wal");
    HexFormat hex = HexFormat.of();
    assertThat(hex.formatHex(Arrays.copyOfRange(content, 0, 32)))
        .isEqualTo("464c57532b2f4abb0200000001000000efcdab00000000000100000000000000");
    assertThat(hex.formatHex(Arrays.copyOfRange(content, 512, 592)))
        .isEqualTo(
            "464c57423f10092e0100000000000000010000000000000001000000000000002800000000000000"
                + "a314564a000000000700000000000000000000000000000000000000000000000000000000000000");
    assertThat(hex.formatHex(Arrays.copyOfRange(content, 1024, 1024 + 40 + 68 + 40 + 45)))
        .isEqualTo(
            "464c57423ad9bcd8010000000000000002000000000000000200000000000000990000003f10092e"
                + "014e9b7e1c0000000300000005000000020000000000000006000000000000000000000000000000"
                + "03000000010000000200000003000000000000000000000000000000dff1c0990000000002000000"
                + "050000000300000000000000010000000000000000000000000000004c4449580500000001010000"
                + "0500000003000000000000000700000000000000ef03000000000000736576656e");
  }

  @Test
  void segmentNamesSortLikeTheirNumbers() {
    assertThat(LogFormat.segmentName(255)).isEqualTo("00000000000000ff.wal");
    assertThat(LogFormat.sequenceOf("00000000000000ff.wal")).isEqualTo(255);
    assertThat(LogFormat.isSegmentName("00000000000000ff.wal")).isTrue();
    assertThat(LogFormat.isSegmentName("00000000000000ff.wal.tmp")).isFalse();
    assertThat(LogFormat.isSegmentName("notes.wal")).isFalse();
  }
}
