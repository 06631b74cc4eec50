package dev.flotilla.bench.compare.etcd;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Finds out who leads an etcd cluster, through the gateway of each member. */
final class EtcdLeader {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final int TIMEOUT_MILLIS = 1_000;

  private EtcdLeader() {}

  /**
   * Asks each member once.
   *
   * @throws IOException when none leads, as while a cluster starts
   */
  static InetSocketAddress find(List<InetSocketAddress> servers) throws IOException {
    for (InetSocketAddress server : servers) {
      if (leads(server)) {
        return server;
      }
    }
    throw new IOException("no member of etcd says that it leads");
  }

  private static boolean leads(InetSocketAddress server) {
    try {
      JsonNode status = MAPPER.readTree(ask(server));
      String self = status.path("header").path("member_id").asString("");
      return !self.isEmpty() && self.equals(status.path("leader").asString(""));
    } catch (IOException | JacksonException e) {
      // A member that is only starting.
      return false;
    }
  }

  private static byte[] ask(InetSocketAddress server) throws IOException {
    URI uri =
        URI.create(
            "http://" + server.getHostString() + ":" + server.getPort() + "/v3/maintenance/status");
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    connection.setRequestMethod("POST");
    connection.setDoOutput(true);
    try (OutputStream out = connection.getOutputStream()) {
      out.write("{}".getBytes(StandardCharsets.US_ASCII));
    }
    try (InputStream in = connection.getInputStream()) {
      return in.readAllBytes();
    }
  }
}
