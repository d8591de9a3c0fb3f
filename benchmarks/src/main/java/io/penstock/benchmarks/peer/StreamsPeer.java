package io.penstock.benchmarks.peer;

import io.penstock.config.StartFrom;
import io.penstock.streams.StreamsSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;

/**
 * A topology of one processor between two topics, at the client settings that Penstock's own
 * pipelines have, whatever they are, so that a ratio compares what is done with records and nothing
 * else.
 */
public final class StreamsPeer {

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);
  private static final long START_LIMIT_SECONDS = 60;
  private static final int FAILED = 3;

  private StreamsPeer() {}

  /**
   * Runs until the process is asked to end. Arguments: {@code bootstrap}, {@code application},
   * {@code input}, {@code output}, {@code guarantee} ({@code alos} or {@code eos}), Kafka's keys.
   */
  public static void run(
      PeerArguments arguments, ProcessorSupplier<byte[], byte[], byte[], byte[]> processor)
      throws InterruptedException {
    Topology topology =
        new Topology()
            .addSource("source", arguments.text("input"))
            .addProcessor("processor", processor, "source")
            .addSink("sink", arguments.text("output"), "processor");
    KafkaStreams streams = new KafkaStreams(topology, new StreamsConfig(properties(arguments)));
    CountDownLatch running = new CountDownLatch(1);
    streams.setStateListener(
        (now, before) -> {
          if (now == KafkaStreams.State.RUNNING) {
            running.countDown();
          }
        });
    streams.setUncaughtExceptionHandler(
        e -> {
          e.printStackTrace();
          Runtime.getRuntime().halt(FAILED);
          throw new IllegalStateException(e);
        });
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> streams.close(CLOSE_LIMIT), "peer-close"));
    streams.start();
    if (!running.await(START_LIMIT_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("The topology does not start: " + streams.state());
    }
    System.out.println(PeerArguments.READY);
    Thread.currentThread().join();
  }

  private static Map<String, Object> properties(PeerArguments arguments) {
    Map<String, String> kafka = new HashMap<>();
    kafka.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, arguments.text("bootstrap"));
    kafka.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    kafka.put(StreamsConfig.STATE_DIR_CONFIG, System.getProperty("java.io.tmpdir") + "/state");
    kafka.putAll(arguments.kafka());
    Map<String, Object> properties =
        new HashMap<>(
            new StreamsSettings(
                    arguments.text("application"),
                    arguments.text("guarantee").equals("eos"),
                    StartFrom.End.EARLIEST,
                    Integer.parseInt(
                        kafka.getOrDefault(StreamsConfig.NUM_STREAM_THREADS_CONFIG, "1")),
                    kafka)
                .properties());
    properties.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class);
    properties.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class);
    return properties;
  }
}
