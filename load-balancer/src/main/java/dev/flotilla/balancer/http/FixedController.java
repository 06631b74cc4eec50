package dev.flotilla.balancer.http;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Metrics, and the description of this very interface. */
@RestController
final class FixedController {
  private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry;
  private final byte[] openApi;

  FixedController(PrometheusMeterRegistry registry) {
    this.registry = registry;
    this.openApi = resource("/dev/flotilla/balancer/http/openapi.yaml");
  }

  private static byte[] resource(String name) {
    try (InputStream in = FixedController.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + name + " is missing");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @GetMapping("/metrics")
  void metrics(HttpServletRequest request, HttpServletResponse response) throws IOException {
    response.setStatus(200);
    response.setHeader("Content-Type", PROMETHEUS_TEXT);
    registry.scrape(response.getOutputStream(), PROMETHEUS_TEXT);
  }

  @GetMapping("/openapi.yaml")
  void openApi(HttpServletRequest request, HttpServletResponse response) throws IOException {
    response.setStatus(200);
    response.setContentType("application/yaml");
    response.setContentLength(openApi.length);
    response.getOutputStream().write(openApi);
  }
}
