package dev.flotilla.launcher.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnitsTest {

  @Test
  void durationsNeedAUnit() {
    assertThat(Units.parseDuration("50ms")).contains(Duration.ofMillis(50));
    assertThat(Units.parseDuration(" 2 s ")).contains(Duration.ofSeconds(2));
    assertThat(Units.parseDuration("50")).isEmpty();
    assertThat(Units.parseDuration("-1s")).isEmpty();
  }

  @Test
  void sizesAreBinaryOrPlain() {
    assertThat(Units.parseBytes("4KiB")).contains(4096L);
    assertThat(Units.parseBytes("1GiB")).contains(1L << 30);
    assertThat(Units.parseBytes("17")).contains(17L);
    assertThat(Units.parseBytes("17B")).contains(17L);
    assertThat(Units.parseBytes("4 kb")).isEmpty();
    assertThat(Units.parseBytes("999999999999999GiB")).isEmpty();
  }

  @Test
  void whatIsFormattedIsReadBack() {
    for (long bytes : List.of(0L, 1L, 1023L, 1024L, 5L << 20, 3L << 30, (1L << 30) + 1)) {
      assertThat(Units.parseBytes(Units.formatBytes(bytes))).contains(bytes);
    }
    for (long micros : List.of(1L, 999L, 1000L, 50_000L, 1_000_000L, 90_000_000L)) {
      Duration duration = Duration.ofNanos(micros * 1000);
      assertThat(Units.parseDuration(Units.formatDuration(duration))).contains(duration);
    }
  }

  @Test
  void aGuessIsMadeOnlyForACloseWord() {
    assertThat(DidYouMean.among("hartbeat", List.of("heartbeat", "limits"))).contains("heartbeat");
    assertThat(DidYouMean.among("ndoes", List.of("nodes", "groups"))).contains("nodes");
    assertThat(DidYouMean.among("zebra", List.of("heartbeat", "limits"))).isEmpty();
  }

  @Test
  void addressesMayBeIpv6InBrackets() {
    assertThat(HostPort.parse("[::1]:80")).contains(new HostPort("::1", 80));
    assertThat(HostPort.parse("[::1]:80").orElseThrow()).hasToString("[::1]:80");
    assertThat(HostPort.parse("::1:80")).isEmpty();
    assertThat(HostPort.parse("host")).isEmpty();
    assertThat(HostPort.parse("host:0")).isEmpty();
    assertThat(HostPort.parse("host:70000")).isEmpty();
  }
}
