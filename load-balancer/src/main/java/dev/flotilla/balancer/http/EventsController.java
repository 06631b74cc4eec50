package dev.flotilla.balancer.http;

import dev.flotilla.balancer.routing.FailureCode;
import dev.flotilla.balancer.routing.Outcome;
import dev.flotilla.balancer.view.ClusterPicture;
import dev.flotilla.balancer.view.ClusterWatch;
import dev.flotilla.balancer.view.FeedItem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The one stream that feeds the dashboard: server-sent events (WHATWG HTML, section 9.2). {@code
 * cluster} carries the picture, {@code feed} one item each. A reader that falls behind misses
 * pictures; one that does not read at all is given up by the connector's write timeout.
 */
@RestController
final class EventsController {
  private static final Logger log = LoggerFactory.getLogger(EventsController.class);

  /** What the browser waits before it asks again. */
  private static final int RETRY_MILLIS = 1_000;

  private final ClusterWatch watch;
  private final PictureJson pictures;

  EventsController(ClusterWatch watch, PictureJson pictures) {
    this.watch = watch;
    this.pictures = pictures;
  }

  @GetMapping("/api/events")
  void events(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Optional<ClusterWatch.Watcher> begun = watch.watch(lastSeen(request));
    if (begun.isEmpty()) {
      throw new ApiException(
          503,
          FailureCode.OVERLOADED.name(),
          Outcome.NOT_APPLIED,
          true,
          Origin.NONE,
          "too many watch already, or the balancer is shutting down");
    }
    try (ClusterWatch.Watcher watcher = begun.get()) {
      response.setStatus(200);
      response.setContentType("text/event-stream");
      response.setHeader("Cache-Control", "no-store");
      response.setHeader("X-Accel-Buffering", "no"); // a proxy in between must not collect
      OutputStream out = response.getOutputStream();
      write(out, "retry: " + RETRY_MILLIS + "\n\n");
      out.flush();
      for (Optional<ClusterWatch.News> news = watcher.next();
          news.isPresent();
          news = watcher.next()) {
        send(out, news.get());
      }
    } catch (IOException e) {
      log.debug("a watcher left", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(OutputStream out, ClusterWatch.News news) throws IOException {
    for (FeedItem item : news.items()) {
      write(out, "event: feed\nid: " + item.id() + "\ndata: ");
      write(out, PictureJson.of(item));
    }
    ClusterPicture picture = news.picture();
    if (picture != null) {
      write(out, "event: cluster\ndata: ");
      write(out, pictures.of(picture));
    }
    out.flush();
  }

  /** Browsers say what they have seen when they come back. Anything else is a first visit. */
  private static long lastSeen(HttpServletRequest request) {
    String seen = request.getHeader("Last-Event-ID");
    if (seen == null || !seen.matches("[0-9]{1,18}")) {
      return 0;
    }
    return Long.parseLong(seen);
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void write(OutputStream out, JsonBytes json) throws IOException {
    out.write(json.array(), 0, json.length());
    out.write('\n');
    out.write('\n');
  }
}
