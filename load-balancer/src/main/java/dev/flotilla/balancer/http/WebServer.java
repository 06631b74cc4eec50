package dev.flotilla.balancer.http;

import dev.flotilla.balancer.routing.KvService;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.boot.web.server.WebServerException;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * The HTTP server: a Spring context with a Tomcat, put together by hand rather than by scanning and
 * auto-configuration. It starts in a fraction of the time, runs no filter nobody asked for, and
 * leaves logging to whoever embeds it.
 */
public final class WebServer implements AutoCloseable {
  private final ServletWebServerApplicationContext context;
  private final ExecutorService threads;

  private WebServer(ServletWebServerApplicationContext context, ExecutorService threads) {
    this.context = context;
    this.threads = threads;
  }

  /**
   * Binds and serves.
   *
   * @param port 0 = any free one
   * @param drain how long {@link #close} waits for requests under way
   * @throws IOException naming the address when it cannot be bound
   */
  public static WebServer start(
      String host,
      int port,
      KvService service,
      ClusterName cluster,
      HttpLimits limits,
      PrometheusMeterRegistry registry,
      OperatorDoor operator,
      Duration drain)
      throws IOException {
    ServletWebServerApplicationContext context = new ServletWebServerApplicationContext();
    // Two balancers in one process would otherwise share an id, and with it anything keyed by it.
    context.setId("balancer-" + System.identityHashCode(context));
    ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http").factory());
    Admission admission = new Admission(limits);
    DefaultLifecycleProcessor lifecycle = new DefaultLifecycleProcessor();
    lifecycle.setTimeoutPerShutdownPhase(drain.toMillis());
    context.registerBean("lifecycleProcessor", DefaultLifecycleProcessor.class, () -> lifecycle);
    TomcatBeans.register(
        context,
        host,
        port,
        threads,
        (container, refusals, web) ->
            new FormDoor(container, service, limits, admission, refusals, web),
        registry);
    MvcBeans.register(context, service, cluster, limits, admission, registry, operator);
    Gauge.builder("flotilla_balancer_in_flight", admission, Admission::requests)
        .description("Requests under way.")
        .register(registry);
    try {
      context.refresh();
    } catch (RuntimeException e) {
      context.close();
      threads.shutdownNow();
      if (failedToBind(e)) {
        throw new IOException("cannot listen on " + host + ":" + port, e);
      }
      throw e;
    }
    return new WebServer(context, threads);
  }

  private static boolean failedToBind(RuntimeException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof WebServerException) {
        return true;
      }
    }
    return false;
  }

  public int port() {
    var server = context.getWebServer();
    return server == null ? -1 : server.getPort();
  }

  /** {@code method path} of everything served. */
  Set<String> mappings() {
    Set<String> mappings = new HashSet<>();
    for (RequestMappingInfo info :
        context.getBean(RequestMappingHandlerMapping.class).getHandlerMethods().keySet()) {
      for (RequestMethod method : info.getMethodsCondition().getMethods()) {
        for (String pattern : info.getPatternValues()) {
          mappings.add(method.name().toLowerCase(Locale.ROOT) + " " + pattern);
        }
      }
    }
    return mappings;
  }

  /** Stops accepting, lets requests under way be answered, closes. */
  @Override
  public void close() {
    context.close();
    // Who still waits for an answer has nobody left to give it to.
    threads.shutdownNow();
  }
}
