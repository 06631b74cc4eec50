package dev.flotilla.balancer.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The dashboard's files, out of the class path. Each is named in a list, so that no path leads
 * anywhere else. They are small and change with the version only: a browser asks each time, and is
 * told that nothing changed.
 */
@RestController
final class DashboardController {
  private static final String FOLDER = "/dev/flotilla/balancer/dashboard/";
  private static final String INDEX = "index.html";
  private static final String UI = "/ui/";

  /** The page loads nothing from anywhere else and runs no script that is not a file here. */
  private static final String POLICY =
      "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
          + " base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

  private record Page(String contentType, byte[] bytes, String etag) {}

  private final Map<String, Page> pages = new HashMap<>();

  DashboardController() {
    for (String name : names()) {
      pages.put(name, load(name));
    }
  }

  /** One file name a line. */
  private static List<String> names() {
    try (InputStream in = open("files.txt")) {
      return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
          .lines()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Page load(String name) {
    try (InputStream in = open(name)) {
      byte[] bytes = in.readAllBytes();
      CRC32C sum = new CRC32C();
      sum.update(bytes);
      String etag = "\"" + HexFormat.of().toHexDigits(sum.getValue(), 8) + "\"";
      return new Page(contentType(name), bytes, etag);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String name) {
    InputStream in = DashboardController.class.getResourceAsStream(FOLDER + name);
    if (in == null) {
      throw new IllegalStateException("the dashboard's file " + name + " is missing");
    }
    return in;
  }

  private static String contentType(String name) {
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "html" -> "text/html; charset=utf-8";
      case "css" -> "text/css; charset=utf-8";
      case "js", "mjs" -> "text/javascript; charset=utf-8";
      case "svg" -> "image/svg+xml";
      default -> "text/plain; charset=utf-8";
    };
  }

  @GetMapping("/")
  void index(HttpServletRequest request, HttpServletResponse response) throws IOException {
    serve(INDEX, request, response);
  }

  @GetMapping({"/ui/{file}", "/ui/vendor/{file}"})
  void part(HttpServletRequest request, HttpServletResponse response) throws IOException {
    serve(request.getRequestURI().substring(UI.length()), request, response);
  }

  private void serve(String name, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Page page = pages.get(name);
    if (page == null) {
      throw ApiException.notHere("there is no such file");
    }
    response.setHeader("Content-Security-Policy", POLICY);
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Cache-Control", "no-cache");
    response.setHeader("ETag", page.etag());
    if (page.etag().equals(request.getHeader("If-None-Match"))) {
      response.setStatus(304);
      return;
    }
    response.setStatus(200);
    response.setContentType(page.contentType());
    response.setContentLength(page.bytes().length);
    response.getOutputStream().write(page.bytes());
  }
}
