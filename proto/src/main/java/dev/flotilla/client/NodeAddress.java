package dev.flotilla.client;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Where a server listens: {@code host:port}, with IPv6 hosts in brackets.
 *
 * @param host a name or an IP address, without brackets
 * @param port 0 to 65535; 0 only makes sense for listening
 */
public record NodeAddress(String host, int port) {

  public NodeAddress {
    if (host.isEmpty() || port < 0 || port > 65_535) {
      throw new IllegalArgumentException("not an address: '" + host + "' port " + port);
    }
  }

  /**
   * @throws IllegalArgumentException when the text is not {@code host:port}
   */
  public static NodeAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      throw new IllegalArgumentException("'" + text + "': put brackets around an IPv6 address");
    }
    try {
      return new NodeAddress(host, Integer.parseInt(text, colon + 1, text.length(), 10));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + text + "' is not host:port", e);
    }
  }

  /** The socket address when no name has to be looked up for it. */
  Optional<InetSocketAddress> withoutLookup() {
    try {
      return Optional.of(new InetSocketAddress(InetAddress.ofLiteral(host), port));
    } catch (IllegalArgumentException nameNotLiteral) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
