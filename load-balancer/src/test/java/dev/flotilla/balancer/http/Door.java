package dev.flotilla.balancer.http;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** The real front door on a free port, before a fake database. */
final class Door implements AutoCloseable {
  static final HttpLimits LIMITS =
      new HttpLimits(4_096, 1 << 20, 1 << 20, 1_100, 16 << 20, Duration.ofSeconds(5));

  final FakeKv kv;
  final WebServer server;
  final FakeOperator operator;
  private final HttpClient client = HttpClient.newHttpClient();

  Door(FakeKv kv, HttpLimits limits) {
    this(kv, limits, true);
  }

  /** One that lets nobody hurt nodes. */
  static Door harmless(FakeKv kv) {
    return new Door(kv, LIMITS, false);
  }

  private Door(FakeKv kv, HttpLimits limits, boolean chaos) {
    this.kv = kv;
    this.operator = new FakeOperator(kv);
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new RequestMetrics(registry, kv.groups());
    try {
      server =
          WebServer.start(
              "127.0.0.1",
              0,
              kv,
              new ClusterName("test"),
              limits,
              registry,
              chaos ? operator.door() : operator.harmlessDoor(),
              Duration.ofSeconds(2));
    } catch (IOException e) {
      throw new AssertionError("no free port", e);
    }
  }

  HttpResponse<String> form(String key, String request) {
    return formBody(
        "key="
            + URLEncoder.encode(key, StandardCharsets.UTF_8)
            + "&request="
            + URLEncoder.encode(request, StandardCharsets.UTF_8));
  }

  HttpResponse<String> formBody(String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri("/request"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request);
  }

  HttpResponse<String> call(String method, String path, String body, String... headers) {
    return send(request(method, path, body.getBytes(StandardCharsets.UTF_8), headers));
  }

  HttpResponse<byte[]> callBytes(String method, String path, byte[] body, String... headers) {
    try {
      return client.send(request(method, path, body, headers).build(), BodyHandlers.ofByteArray());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private HttpRequest.Builder request(String method, String path, byte[] body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path))
            .method(
                method,
                body.length == 0 && !method.equals("PUT") && !method.equals("POST")
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return request;
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Sends these very bytes and reads to the end of the connection. */
  String raw(String bytes) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  @Override
  public void close() {
    client.close();
    operator.close();
    server.close();
  }
}
