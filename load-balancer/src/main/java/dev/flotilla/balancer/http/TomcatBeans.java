package dev.flotilla.balancer.http;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.apache.catalina.Context;
import org.apache.catalina.Lifecycle;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardHost;
import org.apache.coyote.Adapter;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.Shutdown;
import org.springframework.context.support.GenericApplicationContext;

/** Tomcat with this server's settings. */
final class TomcatBeans {
  private static final int MOST_CONNECTIONS = 10_000;
  private static final int HEADER_BYTES = 32 << 10;
  private static final int IDLE_MILLIS = 60_000;

  /** A caller that sends nothing for so long in the middle of a request is given up. */
  private static final int READ_MILLIS = 10_000;

  /**
   * A refused body is still read up to here, so that its sender sees the answer and not a reset
   * connection.
   */
  private static final int SWALLOW_BYTES = 16 << 20;

  private TomcatBeans() {}

  /** Puts the form API's own way between the parser and the container. */
  interface FormWay {
    Adapter before(Adapter container, RefusalCounter refusals, Context context);
  }

  /**
   * @param threads a thread for each request that may block
   */
  static void register(
      GenericApplicationContext context,
      String host,
      int port,
      Executor threads,
      FormWay forms,
      MeterRegistry registry) {
    context.registerBean(
        TomcatServletWebServerFactory.class, () -> factory(host, port, threads, forms, registry));
  }

  private static TomcatServletWebServerFactory factory(
      String host, int port, Executor threads, FormWay forms, MeterRegistry registry) {
    RefusalCounter refusals = new RefusalCounter(registry);
    TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory(port);
    factory.setAddress(address(host));
    factory.setShutdown(Shutdown.GRACEFUL);
    factory.getSettings().setRegisterDefaultServlet(false);
    factory.getSettings().getJsp().setRegistered(false);
    factory.addEngineValves(refusals);
    AtomicReference<Context> web = new AtomicReference<>();
    factory.addContextCustomizers(context -> {
      web.set(context);
      if (context.getParent() instanceof StandardHost parent) {
        parent.setErrorReportValveClass(ProblemValve.class.getName());
      }
    });
    factory.addConnectorCustomizers(connector -> {
      customize(connector, threads);
      wrapAdapter(
          connector, container -> forms.before(new KeyPathAdapter(container), refusals, web.get()));
    });
    return factory;
  }

  private static InetAddress address(String host) {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("no such host: " + host, e);
    }
  }

  private static void customize(Connector connector, Executor threads) {
    if (connector.getProtocolHandler() instanceof AbstractHttp11Protocol<?> http) {
      http.setExecutor(threads);
      http.setMaxKeepAliveRequests(-1);
      http.setKeepAliveTimeout(IDLE_MILLIS);
      http.setConnectionTimeout(READ_MILLIS);
      http.setMaxConnections(MOST_CONNECTIONS);
      http.setMaxHttpRequestHeaderSize(HEADER_BYTES);
      http.setMaxSwallowSize(SWALLOW_BYTES);
      http.setProcessorCache(MOST_CONNECTIONS);
    }
  }

  /**
   * The connector makes its adapter while it initializes, and connections take it over from then
   * on.
   */
  private static void wrapAdapter(Connector connector, UnaryOperator<Adapter> wrap) {
    connector.addLifecycleListener(event -> {
      if (Lifecycle.AFTER_INIT_EVENT.equals(event.getType())) {
        var protocol = connector.getProtocolHandler();
        protocol.setAdapter(wrap.apply(protocol.getAdapter()));
      }
    });
  }
}
