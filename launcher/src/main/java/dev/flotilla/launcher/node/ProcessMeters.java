package dev.flotilla.launcher.node;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/**
 * The process as Micrometer's own binders see it: memory, collections, processor, open files. What
 * several nodes share in one process is measured once and shown by each.
 */
public final class ProcessMeters implements MeterBinder {
  private static final class Shared {
    static final PrometheusMeterRegistry REGISTRY =
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    static {
      new ProcessMeters().bindTo(REGISTRY);
    }
  }

  /** Collections are counted from now on. */
  static void begin() {
    Shared.REGISTRY.config();
  }

  /** In Prometheus' text format. */
  static String scrape() {
    return Shared.REGISTRY.scrape(MetricsText.CONTENT_TYPE);
  }

  @Override
  @SuppressWarnings("resource") // listens to collections for as long as the process lives
  public void bindTo(MeterRegistry registry) {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmGcMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }
}
