package dev.flotilla.launcher.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetachedTest {
  private static final List<String> COMMAND = List.of("flotilla", "up");

  @TempDir Path temp;

  @Test
  void aSessionOfItsOwnIsBest() {
    assertThat(Detached.detached(COMMAND, name -> true))
        .containsExactly("setsid", "flotilla", "up");
    assertThat(Detached.detached(COMMAND, name -> name.equals("nohup")))
        .containsExactly("nohup", "flotilla", "up");
    assertThat(Detached.detached(COMMAND, name -> false)).isEqualTo(COMMAND);
  }

  @Test
  void allItPrintsIsInTheFileFromTheBeginning() throws IOException, InterruptedException {
    Path output = Files.writeString(temp.resolve("up.out"), "of the last time\n");
    Process process =
        Detached.start(
            List.of("sh", "-c", "echo out; echo err >&2; echo ${FLOTILLA_PREPARED}; cat"), output);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(output).hasContent("out\nerr\n1");
  }
}
