package io.penstock.demo.digits;

import io.penstock.demo.wire.DigitWriter;
import io.penstock.demo.wire.RegistryClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends the digits to a topic at a steady rate, from a thread of its own, in passes through the
 * file. A record's timestamp is the time at which it was due, so that latency measured from it
 * hides no delay of the sender. Thread-safe.
 */
public final class DigitStream implements AutoCloseable {

  /** The header that carries what the digit shows. */
  public static final String LABEL_HEADER = "label";

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final KafkaProducer<byte[], byte[]> producer;
  private final String topic;
  private final List<Message> pass;
  private final int perSecond;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private final Thread thread = new Thread(this::run, "digit-stream");
  private volatile boolean stopped;

  /** What is sent of a digit, made once and sent in every pass. */
  private static final class Message {

    private final byte[] key;
    private final byte[] value;
    private final List<Header> headers;

    private Message(Digit digit, DigitWriter writer) {
      key = utf8(digit.id());
      value = writer.write(digit.id(), digit.pixels());
      headers =
          List.of(
              new RecordHeader("id", key),
              new RecordHeader(LABEL_HEADER, utf8(String.valueOf(digit.label()))));
    }

    private ProducerRecord<byte[], byte[]> record(String topic, long timestamp) {
      return new ProducerRecord<>(topic, null, timestamp, key, value, headers);
    }

    private static byte[] utf8(String text) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }

  /**
   * A stream of that file's digits, their schema registered; {@link #start} starts it.
   *
   * @param broker what a client needs to know of it
   */
  public DigitStream(
      Path file, String topic, int perSecond, Map<String, String> broker, RegistryClient registry) {
    DigitWriter writer = new DigitWriter(registry.register(topic + "-value", DigitWriter.SCHEMA));
    this.pass = DigitFile.read(file).stream().map(digit -> new Message(digit, writer)).toList();
    this.topic = topic;
    this.perSecond = perSecond;
    Map<String, Object> settings = new HashMap<>(broker);
    settings.putAll(Map.of("client.id", "demo-digits", "acks", "all", "linger.ms", "0"));
    this.producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    thread.setDaemon(true);
  }

  public void start() {
    thread.start();
  }

  /** How many records one pass through the file has. */
  public int passSize() {
    return pass.size();
  }

  /** How many records the broker has acknowledged. */
  public long acknowledged() {
    return acknowledged.get();
  }

  /** Why sending failed, if it did. Then nothing more is sent. */
  public Optional<Exception> failure() {
    return Optional.ofNullable(failure.get());
  }

  /** Sends no more and waits until all that was sent is acknowledged, or has failed. */
  public void stop() {
    stopped = true;
    LockSupport.unpark(thread);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.flush();
  }

  /** Stops and lets the producer go; idempotent. */
  @Override
  public void close() {
    stop();
    producer.close();
  }

  private void run() {
    Instant startTime = Instant.now();
    Schedule schedule = new Schedule(System.nanoTime(), perSecond);
    while (!stopped && failure.get() == null) {
      long index = sent.get();
      long due = schedule.dueNanos(index);
      long wait = due - System.nanoTime();
      if (wait > 0) {
        LockSupport.parkNanos(wait);
        continue;
      }
      long timestamp = startTime.toEpochMilli() + (due - schedule.startNanos()) / NANOS_PER_MILLI;
      send(pass.get((int) (index % pass.size())), timestamp);
    }
  }

  // What becomes of a send is told to its callback; the future would tell the same.
  @SuppressWarnings("FutureReturnValueIgnored")
  private void send(Message message, long timestamp) {
    try {
      producer.send(message.record(topic, timestamp), this::onSent);
      sent.incrementAndGet();
    } catch (RuntimeException e) {
      failure.compareAndSet(null, e);
    }
  }

  private void onSent(@Nullable RecordMetadata metadata, @Nullable Exception problem) {
    if (problem == null) {
      acknowledged.incrementAndGet();
    } else {
      failure.compareAndSet(null, problem);
    }
  }
}
