package io.penstock.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import org.apache.kafka.streams.KafkaStreams;
import org.jspecify.annotations.Nullable;

/**
 * What Kafka measures of one pipeline: of the Kafka Streams that runs now, and of its clients.
 * Thread-safe.
 */
final class KafkaMeters implements AutoCloseable {

  private final MeterRegistry registry;
  private final Tags labels;
  private @Nullable KafkaStreamsMetrics bound;
  private boolean closed;

  KafkaMeters(MeterRegistry registry, Tags labels) {
    this.registry = registry;
    this.labels = labels;
  }

  /** Measures that one from now on, and the former no more. */
  synchronized void follow(KafkaStreams next) {
    release();
    if (!closed) {
      bound = new KafkaStreamsMetrics(next, labels);
      bound.bindTo(registry);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    release();
  }

  private void release() {
    if (bound != null) {
      bound.close();
      bound = null;
    }
  }
}
