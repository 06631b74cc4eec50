package dev.flotilla.launcher.deploy;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.testcontainers.DockerClientFactory;

/**
 * The image under test, built by deploy/docker/build.sh as an operator would, on a base that is
 * here already: no registry is asked for anything.
 */
final class ContainerImage {
  /** One with bash, with or without a Java. deploy/docker/make-base.sh makes one. */
  private static final String BASE =
      System.getProperty("flotilla.container.base", "flotilla-base:bookworm");

  private static final String NAME = "flotilla:container-test";
  private static final Path DEPLOY = Path.of("..", "deploy").toAbsolutePath().normalize();

  private ContainerImage() {}

  /** Why no container can be run here; empty when some can. */
  static Optional<String> lacking() {
    Optional<String> engine = lackingEngine();
    return engine.isPresent() ? engine : lackingCommand().or(ContainerImage::lackingBase);
  }

  private static Optional<String> lackingEngine() {
    // Testcontainers' own cleaner is an image that would have to be pulled.
    if (!Boolean.parseBoolean(System.getenv("TESTCONTAINERS_RYUK_DISABLED"))) {
      return Optional.of("TESTCONTAINERS_RYUK_DISABLED is not true, and no image can be pulled");
    }
    try {
      return DockerClientFactory.instance().isDockerAvailable()
          ? Optional.empty()
          : Optional.of("no container engine answers");
    } catch (RuntimeException e) {
      return Optional.of("no container engine answers: " + e.getMessage());
    }
  }

  private static Optional<String> lackingCommand() {
    try {
      Process process =
          new ProcessBuilder("docker", "version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0
          ? Optional.empty()
          : Optional.of("the command docker does not reach its engine");
    } catch (IOException e) {
      return Optional.of("there is no command docker");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }

  private static Optional<String> lackingBase() {
    try {
      DockerClientFactory.instance().client().inspectImageCmd(BASE).exec();
      return Optional.empty();
    } catch (NotFoundException e) {
      return Optional.of(
          "there is no image "
              + BASE
              + ": make it with deploy/docker/make-base.sh, or name another with"
              + " -Dflotilla.container.base");
    } catch (DockerException e) {
      return Optional.of("the engine cannot say whether there is an image " + BASE + ": " + e);
    }
  }

  /**
   * Builds the image with the Java these tests run on.
   *
   * @return its name
   * @throws AssertionError with the end of what was printed, when it cannot be built
   */
  static String build() throws IOException, InterruptedException {
    Path log = Path.of("target", "container-image.log").toAbsolutePath();
    Process process =
        new ProcessBuilder(
                List.of(
                    "bash",
                    DEPLOY.resolve("docker/build.sh").toString(),
                    "--base",
                    BASE,
                    "--jdk",
                    System.getProperty("java.home"),
                    "--tag",
                    NAME))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    boolean ended = process.waitFor(10, TimeUnit.MINUTES);
    if (!ended) {
      process.destroyForcibly();
    }
    if (!ended || process.exitValue() != 0) {
      List<String> lines = Files.readAllLines(log);
      throw new AssertionError(
          "the image was not built:\n"
              + String.join("\n", lines.subList(Math.max(0, lines.size() - 25), lines.size())));
    }
    return NAME;
  }
}
