package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.ExitCode;
import dev.flotilla.launcher.Failure;
import dev.flotilla.launcher.cluster.ClusterFile;
import dev.flotilla.launcher.config.LocalLayout;
import dev.flotilla.launcher.config.Units;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How get, set and delete find the balancer. */
public final class ClientOptions {
  @Option(
      names = {"-b", "--balancer"},
      paramLabel = "URL",
      defaultValue = "${env:FLOTILLA_BALANCER}",
      description = {
        "The balancer, as http://host:8080. Default: what FLOTILLA_BALANCER says, else the one in",
        "the data directory's cluster.json, else http://127.0.0.1:8080."
      })
  private @Nullable String balancer;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "10s",
      description = "How long to wait for an answer, as in 500ms or 10s. Default: 10s.")
  private String timeout = "10s";

  @Mixin private DataDirectoryOption dataDirectory = new DataDirectoryOption();

  @Mixin private OutputOption output = new OutputOption();

  public OutputOption output() {
    return output;
  }

  public KvClient client() {
    return new KvClient(balancerUri(), timeout());
  }

  Path dataDirectory() {
    return dataDirectory.path();
  }

  /** The balancer's operator door. */
  OperatorClient operator() {
    return new OperatorClient(balancerUri(), timeout());
  }

  private Duration timeout() {
    return Units.parseDuration(timeout)
        .orElseThrow(() ->
            new Failure(
                ExitCode.USAGE,
                "--timeout: expected " + Units.DURATION_FORM + ", found " + timeout,
                ""));
  }

  private URI balancerUri() {
    String given = balancer;
    if (given == null || given.isEmpty()) {
      given =
          ClusterFile.read(dataDirectory.path())
              .map(file -> file.balancer().http())
              .orElse("127.0.0.1:" + LocalLayout.BALANCER_PORT);
    }
    return parse(given);
  }

  /** Reads {@code http://host:port} or {@code host:port}. */
  static URI parse(String given) {
    String url = given.contains("://") ? given : "http://" + given;
    try {
      URI uri = URI.create(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
      if (uri.getHost() != null && "http".equals(uri.getScheme())) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // reported below
    }
    throw new Failure(
        ExitCode.USAGE,
        "--balancer: expected a URL such as http://127.0.0.1:8080, found " + given,
        "");
  }
}
