package io.penstock.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.registry.RegistrySettings;
import io.penstock.registry.RestSchemaRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A stack and a folder, with what a user would do by hand: topics, models, schemas. */
public final class Workbench implements AutoCloseable {

  /** Larger than the client's default, so that a test can send what a service cannot. */
  private static final int MAX_REQUEST_BYTES = 8 << 20;

  private final TestStack stack;
  private final RestSchemaRegistry registry;
  private final Path folder;
  private final KafkaProducer<byte[], byte[]> producer;

  public Workbench(Path folder) {
    this(folder, TestStack.start());
  }

  /** On a stack that it closes in the end. */
  public Workbench(Path folder, TestStack stack) {
    this.folder = folder;
    this.stack = stack;
    this.registry =
        new RestSchemaRegistry(
            RegistrySettings.of(Map.of("schema.registry.url", stack.registryUrl())));
    this.producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers", stack.bootstrapServers(),
                "linger.ms", "5",
                "max.request.size", String.valueOf(MAX_REQUEST_BYTES)),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  public TestStack stack() {
    return stack;
  }

  public RestSchemaRegistry registry() {
    return registry;
  }

  public KafkaProducer<byte[], byte[]> producer() {
    return producer;
  }

  /** The control topics of a service. The broker dates what happens, as {@code topics} asks. */
  public void createControlTopics(String service) {
    stack.createTopics(
        new NewTopic(service + ".control", 1, (short) 1),
        cleaned(service + ".reports", "compact,delete"),
        cleaned(service + ".decisions", "compact"),
        new NewTopic(service + ".audit", 1, (short) 1)
            .configs(Map.of("message.timestamp.type", "LogAppendTime")));
  }

  private static NewTopic cleaned(String name, String policy) {
    return new NewTopic(name, 1, (short) 1).configs(Map.of("cleanup.policy", policy));
  }

  /** Copies a version of an example's model into this folder's {@code models/<model>/<version>}. */
  public Path installVersion(String model, int version) {
    return installVersion("examples/" + model + "/" + version, model, version);
  }

  /**
   * Copies some version as one of a model of this folder.
   *
   * @param example where it lies in the checkout
   */
  public Path installVersion(String example, String model, int version) {
    Path source = Penstock.root().resolve(example);
    Path base = folder.resolve("models/" + model);
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Path target = base.resolve(version + "/" + source.relativize(file));
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return base;
  }

  /** Writes a configuration that serves on this stack. */
  public Path writeConfig(String name, String service, String modelsAndPipelines) {
    return writeConfig(name, service, modelsAndPipelines, stack.registryUrl());
  }

  /** Writes a configuration that serves on this stack, with its registry at that address. */
  public Path writeConfig(
      String name, String service, String modelsAndPipelines, String registryUrl) {
    Path file = folder.resolve(name);
    String yaml =
        """
        service: %s
        kafka:
          bootstrap.servers: %s
          main.consumer.session.timeout.ms: 6000
          main.consumer.heartbeat.interval.ms: 500
        registry: {schema.registry.url: "%s", auto.register.schemas: true}
        control: {heartbeat-interval: 300ms, liveness-timeout: 6s}
        %s
        """
            .formatted(service, stack.bootstrapServers(), registryUrl, modelsAndPipelines);
    try {
      return Files.writeString(file, yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends one line to the control topic, as a user would; gives its offset, the epoch. */
  public long command(String service, String json) {
    return send(new ProducerRecord<>(service + ".control", json.getBytes(UTF_8)));
  }

  /** Asks for a version, as a user would; gives the command's offset, the epoch. */
  public long promote(String service, String model, long version) {
    return command(
        service, "{\"promote\":{\"model\":\"%s\",\"version\":%d}}".formatted(model, version));
  }

  /** Sends a record, waits for the broker's word and gives the record's offset. */
  public long send(ProducerRecord<byte[], byte[]> record) {
    try {
      return producer.send(record).get().offset();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    } catch (java.util.concurrent.ExecutionException e) {
      throw new AssertionError("not sent: " + record, e.getCause());
    }
  }

  /** A record in Confluent's framing, written by Avro's own writer. */
  public static byte[] framed(int schemaId, GenericRecord record) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(ByteBuffer.allocate(5).put((byte) 0).putInt(schemaId).array());
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    try {
      new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** A record in Confluent's framing, read by Avro's own reader with the schema that it names. */
  public GenericRecord unframed(byte[] value) {
    ByteBuffer header = ByteBuffer.wrap(value);
    if (header.get() != 0) {
      throw new AssertionError("not in Confluent's framing: " + HexFormat.of().formatHex(value));
    }
    Schema schema = registry.schemaById(header.getInt());
    BinaryDecoder decoder =
        DecoderFactory.get()
            .binaryDecoder(value, header.position(), value.length - header.position(), null);
    try {
      GenericRecord record = new GenericDatumReader<GenericRecord>(schema).read(null, decoder);
      if (!decoder.isEnd()) {
        throw new AssertionError("bytes left after " + record);
      }
      return record;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The golden inputs and outputs of an example's version. */
  public static JsonNode golden(String model, int version) {
    Path file = Penstock.root().resolve("examples/" + model + "/golden-" + version + ".json");
    try {
      return new ObjectMapper().readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Parses a schema. */
  public static Schema schema(String json) {
    return new Schema.Parser().parse(json);
  }

  /** Topics with as many partitions, made and ready. */
  public void createTopics(int partitions, String... names) {
    stack.createTopics(
        List.of(names).stream()
            .map(name -> new NewTopic(name, partitions, (short) 1))
            .toArray(NewTopic[]::new));
  }

  @Override
  public void close() {
    producer.close();
    registry.close();
    stack.close();
  }
}
