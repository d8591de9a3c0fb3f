package io.penstock.benchmarks.micro;

import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/**
 * A topology under the test driver, which runs it on the calling thread and commits after every
 * record. Not thread-safe.
 */
final class TopologyPath implements AutoCloseable {

  static final String INPUT = "in";
  static final String OUTPUT = "out";

  private final TopologyTestDriver driver;
  private final TestInputTopic<byte[], byte[]> input;
  private final TestOutputTopic<byte[], byte[]> output;

  TopologyPath(Topology topology) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "allocation");
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:1");
    properties.put("processing.exception.handler.global.enabled", true);
    driver = new TopologyTestDriver(topology, properties);
    input = driver.createInputTopic(INPUT, new ByteArraySerializer(), new ByteArraySerializer());
    output =
        driver.createOutputTopic(OUTPUT, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** A record in, its outcome out. */
  TestRecord<byte[], byte[]> pipe(byte[] record) {
    input.pipeInput(record);
    return output.readRecord();
  }

  @Override
  public void close() {
    driver.close();
  }
}
