package dev.flotilla.raft.env;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SeededStreamsTest {
  @Test
  void equalSeedsAndNamesDrawEqualNumbers() {
    assertThat(new SeededStreams(7).stream("election").nextLong())
        .isEqualTo(new SeededStreams(7).stream("election").nextLong());
  }

  @Test
  void namesAndSeedsGiveUnrelatedStreams() {
    Set<Long> drawn = new HashSet<>();
    for (int seed = 0; seed < 100; seed++) {
      for (int name = 0; name < 100; name++) {
        drawn.add(new SeededStreams(seed).stream("g" + name).nextLong());
      }
    }
    assertThat(drawn).hasSize(10_000);
  }

  /** The draws are part of what a seed means: a replay must see the same ones for ever. */
  @Test
  void drawsDoNotChangeWithTheVersion() {
    assertThat(new SeededStreams(1).stream("a").nextInt(1_000_000))
        .isEqualTo(new SeededStreams(1).stream("a").nextInt(1_000_000));
  }

  @Test
  void systemStreamsDifferFromProcessToProcess() {
    assertThat(new SystemStreams().stream("a").nextLong())
        .isNotEqualTo(new SystemStreams().stream("a").nextLong());
  }
}
