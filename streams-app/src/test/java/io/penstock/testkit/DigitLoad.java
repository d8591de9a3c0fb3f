package io.penstock.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A steady stream of digits into a topic, on schedule, until stopped. */
public final class DigitLoad implements AutoCloseable {

  private static final Schema SCHEMA =
      Workbench.schema(
          """
          {"type": "record", "name": "Digit", "namespace": "io.penstock.testkit",
           "fields": [{"name": "pixels", "type": {"type": "array", "items": "float"}}]}
          """);

  private final KafkaProducer<byte[], byte[]> producer;
  private final String topic;
  private final int partitions;
  private final int perSecond;
  private final LongSupplier timestamps;
  private final List<byte[]> values = new ArrayList<>();
  private final AtomicLong failed = new AtomicLong();
  private final Thread thread = new Thread(this::run, "digit-load");
  private volatile boolean stopped;
  private volatile long sent;

  /** Digits of the time at which they are sent. */
  public DigitLoad(Workbench bench, String topic, int partitions, int perSecond) {
    this(bench, topic, partitions, perSecond, System::currentTimeMillis);
  }

  /**
   * Digits of other times.
   *
   * @param timestamps asked once for each digit, on the load's own thread
   */
  public DigitLoad(
      Workbench bench, String topic, int partitions, int perSecond, LongSupplier timestamps) {
    this.timestamps = timestamps;
    this.producer = bench.producer();
    this.topic = topic;
    this.partitions = partitions;
    this.perSecond = perSecond;
    int schemaId = bench.registry().register(topic + "-value", SCHEMA);
    for (int i = 0; i < 17; i++) {
      GenericData.Record digit = new GenericData.Record(SCHEMA);
      List<Float> pixels = new ArrayList<>();
      for (int p = 0; p < 64; p++) {
        pixels.add((p * 7 + i) % 17 / 16f);
      }
      digit.put("pixels", pixels);
      values.add(Workbench.framed(schemaId, digit));
    }
    thread.start();
  }

  private void run() {
    long start = System.nanoTime();
    while (!stopped) {
      long due = (System.nanoTime() - start) * perSecond / 1_000_000_000L;
      while (sent < due && !stopped) {
        byte[] value = values.get((int) (sent % values.size()));
        producer.send(
            new ProducerRecord<>(
                topic, (int) (sent % partitions), timestamps.getAsLong(), null, value),
            (metadata, failure) -> {
              if (failure != null) {
                failed.incrementAndGet();
              }
            });
        sent++;
      }
      LockSupport.parkNanos(1_000_000);
    }
    producer.flush();
  }

  public long sent() {
    return sent;
  }

  /** Stops and waits until the broker has all that was sent. */
  @Override
  public void close() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (failed.get() > 0) {
      throw new AssertionError(failed + " records could not be sent");
    }
  }
}
