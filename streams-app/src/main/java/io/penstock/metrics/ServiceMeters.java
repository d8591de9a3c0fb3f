package io.penstock.metrics;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The values of all metrics: Penstock's own, of the virtual machine and of Kafka. Thread-safe.
 *
 * <p>What can be counted elsewhere is read when it is asked for.
 */
public final class ServiceMeters implements AutoCloseable {

  /** From a fast model's run to what a commit may wait. */
  private static final Duration[] TIMES = {
    Duration.ofNanos(100_000),
    Duration.ofNanos(250_000),
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofNanos(2_500_000),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2_500),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10),
    Duration.ofSeconds(60)
  };

  private static final double[] ROWS = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096};

  private static final double[] SHARES = {0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 1};

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final List<Runnable> refreshes = new ArrayList<>();
  private final List<KafkaMeters> kafka = new ArrayList<>();

  /** Meters of a process that serves nothing yet. */
  public ServiceMeters() {
    new JvmMemoryMetrics().bindTo(registry);
    collections.bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  /** For binders of libraries. */
  public MeterRegistry registry() {
    return registry;
  }

  /** All values in Prometheus' text format. */
  public synchronized String scrape() {
    refreshes.forEach(Runnable::run);
    return registry.scrape();
  }

  /** Does that before each scrape: for gauges whose labels come and go. */
  public synchronized void beforeScrape(Runnable refresh) {
    refreshes.add(refresh);
  }

  synchronized void closeWithThis(KafkaMeters meters) {
    kafka.add(meters);
  }

  /** Closes what was to be closed with this. */
  synchronized void close(KafkaMeters meters) {
    kafka.remove(meters);
    meters.close();
  }

  /** No longer measures what has that label of that value. */
  void forget(String label, String value) {
    for (Meter meter : registry.getMeters()) {
      if (value.equals(meter.getId().getTag(label))) {
        registry.remove(meter);
      }
    }
  }

  /** A counter that reads another. */
  public <T> void counter(Metric metric, Tags labels, T source, ToDoubleFunction<T> count) {
    FunctionCounter.builder(metric.meterName(), source, count)
        .tags(labels)
        .description(metric.meaning())
        .baseUnit(metric.unit())
        .register(registry);
  }

  /** A gauge; keeps its source. */
  public <T> void gauge(Metric metric, Tags labels, T source, ToDoubleFunction<T> value) {
    Gauge.builder(metric.meterName(), source, value)
        .tags(labels)
        .description(metric.meaning())
        .baseUnit(metric.unit())
        .strongReference(true)
        .register(registry);
  }

  /** A gauge whose labels come and go. */
  MultiGauge gauges(Metric metric) {
    return MultiGauge.builder(metric.meterName())
        .description(metric.meaning())
        .baseUnit(metric.unit())
        .register(registry);
  }

  /** A histogram of times. */
  Timer timer(Metric metric, Tags labels) {
    return Timer.builder(metric.meterName())
        .tags(labels)
        .description(metric.meaning())
        .serviceLevelObjectives(TIMES)
        .register(registry);
  }

  /** A histogram of rows. */
  DistributionSummary rows(Metric metric, Tags labels) {
    return summary(metric, labels, ROWS);
  }

  /** A histogram of shares, from 0 to 1. */
  DistributionSummary shares(Metric metric, Tags labels) {
    return summary(metric, labels, SHARES);
  }

  private DistributionSummary summary(Metric metric, Tags labels, double[] bounds) {
    return DistributionSummary.builder(metric.meterName())
        .tags(labels)
        .description(metric.meaning())
        .serviceLevelObjectives(bounds)
        .register(registry);
  }

  @Override
  public synchronized void close() {
    kafka.forEach(KafkaMeters::close);
    collections.close();
    registry.close();
  }
}
