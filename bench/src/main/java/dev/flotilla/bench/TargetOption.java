package dev.flotilla.bench;

import java.net.InetSocketAddress;
import java.net.URI;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code --url}: the balancer to talk to. */
final class TargetOption {

  @Option(
      names = "--url",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:8080",
      description = "The balancer. Default: ${DEFAULT-VALUE}.")
  private URI url;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /** Made by picocli, which injects the fields. */
  @SuppressWarnings("NullAway.Init")
  TargetOption() {}

  /** Host and port, as in a Host header. */
  String authority() {
    return host() + ":" + port();
  }

  InetSocketAddress address() {
    InetSocketAddress address = new InetSocketAddress(host(), port());
    if (address.isUnresolved()) {
      throw new ParameterException(spec.commandLine(), "--url: no address is known for " + host());
    }
    return address;
  }

  private String host() {
    String host = url.getHost();
    if (host == null || !"http".equals(url.getScheme())) {
      throw new ParameterException(
          spec.commandLine(), "--url must look like http://host:port, not " + url);
    }
    return host;
  }

  private int port() {
    return url.getPort() < 0 ? 80 : url.getPort();
  }
}
