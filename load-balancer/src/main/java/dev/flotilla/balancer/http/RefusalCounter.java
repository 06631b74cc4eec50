package dev.flotilla.balancer.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.catalina.AccessLog;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/**
 * Counts what is refused at the door for how it was asked: malformed, too large, too slow, too
 * much. It stands where a container's access log stands, because that is told of every request,
 * those included that never became one.
 */
final class RefusalCounter extends ValveBase implements AccessLog {
  /** The statuses of this API, and those Tomcat gives by itself. */
  private static final int[] REFUSALS = {
    400, 405, 406, 408, 411, 413, 414, 415, 417, 429, 431, 501, 505
  };

  private final Map<Integer, Counter> counters = new HashMap<>();

  RefusalCounter(MeterRegistry registry) {
    super(true);
    for (int status : REFUSALS) {
      counters.put(
          status,
          Counter.builder("flotilla_balancer_refused")
              .description(
                  "Requests refused at the door: malformed, too large, too slow, too many.")
              .tag("status", Integer.toString(status))
              .register(registry));
    }
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    getNext().invoke(request, response);
  }

  @Override
  public void log(Request request, Response response, long nanos) {
    count(response.getStatus());
  }

  /** For answers that are given before a container sees the request. */
  void count(int status) {
    Counter refused = counters.get(status);
    if (refused != null) {
      refused.increment();
    }
  }

  /** Nothing is written down, so nothing is taken from a request's attributes. */
  @Override
  public void setRequestAttributesEnabled(boolean enabled) {}

  @Override
  public boolean getRequestAttributesEnabled() {
    return false;
  }
}
